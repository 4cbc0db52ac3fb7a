package store

import (
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

func TestAWebhookGetsAnotherKey(t *testing.T) {
	s := open(t, Options{})
	ctx := t.Context()
	name := func(from, to string) {
		t.Helper()
		if err := s.NameWebhook(ctx, from, to); err != nil {
			t.Fatal(err)
		}
	}
	must(s.Webhook(ctx, "hash"))(t)
	signals(t, s, 3)
	if err := s.Deadletter(ctx, chat.Cursor{Webhook: "hash", Attempts: 3}, 1); err != nil {
		t.Fatal(err)
	}
	name("hash", "crm")
	if c := must(s.Webhook(ctx, "crm"))(t); c.Seq != 1 {
		t.Errorf("the cursor is %+v, want it after the first event", c)
	}
	if letters := must(s.Deliveries(ctx, chat.DeliveryQuery{Webhook: "crm", State: chat.DeliveryFailed}))(t); len(letters) != 1 {
		t.Errorf("dead letters %+v, want the one of the former key", letters)
	}
	if c := must(s.Webhook(ctx, "hash"))(t); c.Seq != 3 {
		t.Errorf("the former key still has %+v", c)
	}

	name("hash", "crm") // is taken
	name("nobody", "other")
	if c := must(s.Webhook(ctx, "crm"))(t); c.Seq != 1 {
		t.Errorf("the cursor became %+v", c)
	}
	if c := must(s.Webhook(ctx, "other"))(t); c.Seq != 3 {
		t.Errorf("a webhook made of none has %+v", c)
	}
}
