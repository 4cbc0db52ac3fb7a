package api

import (
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/pacing"
	"github.com/wasession/wasession/test/simulator"
)

// doubtful is a world in which a message waits and WhatsApp answers no message any more.
func doubtful(t *testing.T) (w *world, id string, answer func()) {
	t.Helper()
	w = newWorld(t)
	w.sendPatience = 5 * time.Second
	w.config.Sending = &v1.Sending{PerMinute: 1}
	w.run()
	w.scan()
	w.bob.SetAutoReceipts(false)
	w.text(bobChat, "one")
	w.pending(bobChat, "two")
	answer = w.sim.Faults().Drop(func(s simulator.Stanza) bool {
		return s.Direction == simulator.ToClient && s.Node.Tag == "ack" && s.Node.Attrs["class"] == "message"
	})
	w.reconfigure(nil)
	got, err := w.bob.Expect(w.ctx, simulator.Text("two"))
	w.ok(err)
	return w, got.ID, answer
}

// arrivals counts how often a message reached a phone.
func arrivals(phone *simulator.User, id string) (n int) {
	for _, r := range phone.Inbox() {
		if r.Kind == simulator.KindMessage && r.ID == id {
			n++
		}
	}
	return n
}

func (w *world) ack(id string) chat.Ack {
	w.Helper()
	m, err := w.store.Message(w.ctx, bobChat, id)
	w.ok(err)
	return m.Ack
}

// A message that is not answered is tried again under its ID, so that phones show one,
// and holds back the later ones of its chat until it is settled.
func TestAMessageInDoubtIsTriedAgain(t *testing.T) {
	w, id, answer := doubtful(t)
	w.reconfigure(&v1.Sending{PerMinute: 100})
	later := w.pending(bobChat, "three")
	w.await("a second try", func() bool { return arrivals(w.bob, id) == 2 })
	if got := w.ack(id); got != chat.AckPending {
		t.Errorf("in doubt it has ack %s", got)
	}
	answer()
	w.await("the answer", func() bool { return w.ack(id) == chat.AckServer })
	_, err := w.bob.Expect(w.ctx, simulator.Text("three"))
	w.ok(err)
	w.await("nothing to wait", func() bool { return len(w.waiting()) == 0 })
	if n := arrivals(w.bob, id); n > 3 {
		t.Errorf("it was sent %d times", n)
	}
	if got := textsOf(w.bob); len(got) != 3 || got[2] != "three" || len(later) != 1 {
		t.Errorf("Bob has got %v", got)
	}
}

func TestAMessageIsNotTriedForEver(t *testing.T) {
	w, id, _ := doubtful(t)
	w.await("the end", func() bool { return len(w.waiting()) == 0 })
	if n := arrivals(w.bob, id); n != 3 {
		t.Errorf("it was sent %d times, want 3", n)
	}
	if got := w.ack(id); got != chat.AckPending {
		t.Errorf("it has ack %s: nobody knows that it did not arrive", got)
	}
	w.ok(w.bob.SendReceipt(w.ctx, "", id))
	w.await("the receipt", func() bool { return w.ack(id) == chat.AckDevice })
}

func TestAReceiptSettlesADoubt(t *testing.T) {
	w, id, _ := doubtful(t)
	w.ok(w.bob.SendReceipt(w.ctx, "", id))
	w.await("nothing to wait", func() bool { return len(w.waiting()) == 0 })
	if got := w.ack(id); got != chat.AckDevice || arrivals(w.bob, id) > 2 {
		t.Errorf("ack %s after %d sends", got, arrivals(w.bob, id))
	}
}

// What is due while there is no connection is sent on the next one.
func TestWhatIsDueWaitsForTheConnection(t *testing.T) {
	w := limitedTo(t, v1.Sending{PerMinute: 1})
	w.text(bobChat, "one")
	w.pending(bobChat, "two", "three")
	w.sim.Faults().RejectUpgrades(503, -1)
	w.alice.Kick()
	w.await("the loss", func() bool { return w.session.Status().Phase == v1.PhaseStarting })
	w.reconfigure(nil)
	w.await("a refused connection", func() bool { return w.sim.Faults().Rejected() > 0 })
	if n := len(w.waiting()); n != 2 {
		t.Errorf("%d wait, want both", n)
	}
	w.sim.Faults().Clear()
	_, err := w.bob.Expect(w.ctx, simulator.Text("three"))
	w.ok(err)
	if got := textsOf(w.bob); len(got) != 3 || got[1] != "two" {
		t.Errorf("Bob has got %v", got)
	}
}

// A clock that was an hour ahead holds nothing back for an hour.
func TestWhatWaitsOutlastsTheClock(t *testing.T) {
	w := limitedTo(t, v1.Sending{PerMinute: 1})
	w.text(bobChat, "one")
	w.pending(bobChat, "two")
	state, err := w.store.Sending(w.ctx, true)
	w.ok(err)
	ahead := time.Now().Add(time.Hour)
	w.ok(w.store.BeginSend(w.ctx, state.Waiting[0], ahead, ahead.Add(time.Minute), true))
	w.reconfigure(&v1.Sending{PerMinute: 1})
	w.await("times of this clock", func() bool {
		state, err := w.store.Sending(w.ctx, true)
		w.ok(err)
		return len(state.Sent) > 0 && !state.Ahead(time.Now(), time.Now().Add(time.Minute))
	})
}

// A message whose tries end with the process is not tried for ever either: it may be what
// ends it.
func TestTriesThatEndWithTheProcessAreCounted(t *testing.T) {
	w := limitedTo(t, v1.Sending{PerMinute: 1})
	w.text(bobChat, "one")
	w.pending(bobChat, "two")
	state, err := w.store.Sending(w.ctx, true)
	w.ok(err)
	for try := range pacing.MaxTries {
		now := time.Now()
		retryAt := now.Add(time.Minute)
		if try == pacing.MaxTries-1 {
			retryAt = now
		}
		w.ok(w.store.BeginSend(w.ctx, state.Waiting[0], now, retryAt, true))
	}
	w.reconfigure(&v1.Sending{PerMinute: 1})
	w.await("nothing to wait", func() bool { return len(w.waiting()) == 0 })
	id := state.Waiting[0].ID.Stanza
	if n, ack := arrivals(w.bob, id), w.ack(id); n != 0 || ack != chat.AckPending {
		t.Errorf("it was sent %d times more, with ack %s", n, ack)
	}
}
