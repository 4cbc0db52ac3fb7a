package socket

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/wasession/wasession/gateway/fleet"
)

func TestWhatAQueryAsksFor(t *testing.T) {
	none := map[string]string{}
	for query, want := range map[string]wish{
		"":                              {all: true, since: none},
		"session=*":                     {all: true, since: none},
		"session=a&session=*":           {all: true, names: []string{"a"}, since: none},
		"session=a&session=crm.b,a":     {names: []string{"a", "crm.b"}, since: none},
		"events=*":                      {all: true, since: none},
		"events=message&events=*":       {all: true, since: none},
		"events=message, chat.archive":  {all: true, events: map[string]bool{"message": true, "chat.archive": true}, since: none},
		"since=a:evt_01&since=b:evt_02": {all: true, since: map[string]string{"a": "evt_01", "b": "evt_02"}},
		"since=a:evt_02&since=a:evt_01": {all: true, since: map[string]string{"a": "evt_02"}},
		"session=a&lastEventId=evt_01":  {names: []string{"a"}, since: map[string]string{"a": "evt_01"}},
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parse(values)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v, want %+v", query, got, err, want)
		}
	}
}

func TestQueriesThatMakeNoSense(t *testing.T) {
	for query, want := range map[string]string{
		"events=":                                "events must be event names or *",
		"events=message,,":                       "events must be event names or *",
		"events=" + strings.Repeat("a", 65):      "events must be event names or *",
		"since=evt_01":                           "since must be <session>:<event id>",
		"since=:evt_01":                          "since must be <session>:<event id>",
		"since=a:EVT":                            "since must be <session>:<event id>",
		"since=a:evt_" + strings.Repeat("0", 41): "since must be <session>:<event id>",
		"lastEventId=evt_01":                     "lastEventId needs one session",
		"session=a&session=b&lastEventId=evt_01": "lastEventId needs one session",
		"session=a&lastEventId=x":                "lastEventId must be the id of an event",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parse(values); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %q", query, err, want)
		}
	}
}

func TestWhereASessionGoesOn(t *testing.T) {
	w := wish{since: map[string]string{"a": "evt_1", "crm.a": "evt_2", "b": "evt_3"}}
	if got := w.takeSince("crm.a", "a"); got != "evt_2" {
		t.Errorf("the qualified name: %s", got)
	}
	if got := w.takeSince("ops.b", "b"); got != "evt_3" {
		t.Errorf("the bare name: %s", got)
	}
	if got := w.takeSince("crm.a", "a"); got != "" {
		t.Errorf("once more: %s", got)
	}
	w.since["a"] = "evt_1"
	called := func(names ...string) (all []fleet.Session) {
		for _, name := range names {
			all = append(all, fleet.Session{Called: name})
		}
		return all
	}
	if err := w.ambiguous(called("a", "b", "b")); err != nil {
		t.Errorf("two that it does not name: %v", err)
	}
	if err := w.ambiguous(called("a", "b", "a")); err == nil || !strings.Contains(err.Error(), "called a") {
		t.Errorf("two of one name: %v", err)
	}
}

func TestAReasonFitsIntoAFrame(t *testing.T) {
	if got := cut("short enough"); got != "short enough" {
		t.Error(got)
	}
	if got := cut(strings.Repeat("namespace.é ", 20)); len(got) > maxReason || !strings.HasSuffix(got, "namespace.é") {
		t.Errorf("%d bytes: %q", len(got), got)
	}
}
