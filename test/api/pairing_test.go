package api

import (
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator/history"
)

func TestPairByCodeAndHistory(t *testing.T) {
	w := newWorld(t)
	account := history.NewAccount(history.DemoSpec(time.Now()))
	w.ok(w.alice.Populate(w.ctx, account))
	w.run()
	var code struct{ Code string }
	w.await("a pairing code", func() bool {
		status, _ := w.call("GET", "/api/sales/auth/qr", nil)
		return status == 200
	})
	w.do(201, "POST", "/api/sales/auth/request-code", map[string]string{"phoneNumber": "+1 555 000 1111"}, &code)
	_, err := w.alice.EnterCode(w.ctx, code.Code)
	w.ok(err)
	var me wire.Me
	w.await("the account", func() bool { w.get("/api/sessions/sales/me", &me); return me.ID != "" })
	if me.ID != alicePN+"@c.us" || me.LID == nil || me.JID == nil {
		t.Errorf("me is %+v", me)
	}
	if status, _ := w.call("GET", "/api/sales/auth/qr", nil); status != 422 {
		t.Errorf("a QR while paired: %d", status)
	}

	// The history's chats are there, with and without messages, once each.
	w.await("every chat of the phone", func() bool { return len(w.chats("")) >= account.Len() })
	states := map[string]int{}
	for _, c := range w.chats("") {
		for state, is := range map[string]bool{"archived": c.Archived, "pinned": c.Pinned, "unread": c.UnreadCount > 0} {
			if is {
				states[state]++
			}
		}
	}
	for _, state := range []string{"archived", "pinned", "unread"} {
		if states[state] == 0 {
			t.Errorf("no chat is %s", state)
		}
	}
	var overview []wire.Summary
	w.get("/api/sales/chats/overview?limit=100", &overview)
	for i, s := range overview {
		if s.Name == nil {
			t.Errorf("%s has no name", s.ID)
		}
		if i > 0 && overview[i-1].Chat.Timestamp < s.Chat.Timestamp {
			t.Errorf("%s comes after an older chat", s.ID)
		}
	}
}
