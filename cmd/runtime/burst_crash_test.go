package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// TestKilledWithinABurst kills the process again and again while it works off what
// arrived in its absence, all of which is sent to it at once. No message is
// missing, none is there twice, and they reach the webhook in order.
func TestKilledWithinABurst(t *testing.T) {
	const kills, burst = 6, 3_000
	t.Parallel()
	w := newWorld(t)
	receiver := newMoodyReceiver(t)
	config := w.config(v1.Config{Session: "test", Webhooks: []v1.Webhook{{
		URL: receiver.URL, Events: []string{"message"},
		Retries: v1.Retries{Policy: v1.RetryConstant, DelaySeconds: 1, Attempts: 1_000},
	}}})
	c := w.start("--config", config)
	c.pair()
	companion := w.alice.Companion()
	c.kill()

	w.srv.Faults().DeliverAtOnce(true)
	texts := make([]string, burst)
	for i := range texts {
		texts[i] = fmt.Sprint("message ", i)
	}
	sent, err := w.bob.SendMany(w.ctx, w.alice, texts)
	if err != nil {
		t.Fatal(err)
	}
	for n := range kills {
		c = w.start("--config", config)
		// After a number of acknowledgements that differs each time, and that the last
		// kill leaves some of.
		reached := n*burst/(kills+1) + rand.N(burst/(kills+1))
		if err := companion.WaitAcked(w.ctx, sent[reached]); err != nil {
			t.Fatal(err)
		}
		c.kill()
	}
	c = w.start("--config", config)
	if err := companion.WaitAcked(w.ctx, sent...); err != nil {
		t.Fatal(err)
	}
	c.await("the last message's delivery", func() bool { return receiver.taken(sent[burst-1]) })

	stored := c.counts()
	for _, id := range sent {
		if stored[id] != 1 {
			t.Errorf("%s was acknowledged and is there %d times", id, stored[id])
		}
	}
	_, order := receiver.all()
	if !slices.Equal(order, sent) {
		t.Errorf("%d messages were delivered first in another order than the %d were sent in", len(order), len(sent))
	}
	if strings.Contains(c.text(), "queue is full") {
		t.Error("whatsmeow's queue was full, and the order not kept")
	}
}
