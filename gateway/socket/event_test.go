package socket

import "testing"

func TestAnEventAsClientsGetIt(t *testing.T) {
	raw := `{"id":"evt_1","timestamp":5,"event":"message","session":"a","payload":{"id":"x","event":"y"}}`
	e, err := newEvent("crm", []byte(raw), true)
	if err != nil || e.id != "evt_1" || e.name != "message" || string(e.body) != `{"namespace":"crm",`+raw[1:] {
		t.Errorf("%+v %s, %v", e, e.body, err)
	}
	e, err = newEvent("crm", []byte(raw[:60]), false)
	if err != nil || e.id != "evt_1" || e.name != "message" || e.body != nil {
		t.Errorf("one that was cut off: %+v, %v", e, err)
	}
	for _, raw := range []string{"", "null", "[]", `"x"`, `{}`, `{"id":"evt_1"}`, `{"id":1,"event":2}`, `{"id":"evt_1","event":`} {
		if e, err := newEvent("crm", []byte(raw), true); err == nil {
			t.Errorf("%q is taken for %+v", raw, e)
		}
	}
}
