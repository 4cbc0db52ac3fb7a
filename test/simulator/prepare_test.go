package simulator_test

import (
	"slices"
	"testing"

	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/simclient"
)

// received returns the ids of the messages that a client got, in order.
func received(c *simclient.Client) (ids []string) {
	for _, evt := range c.Events.All() {
		if msg, ok := evt.(*events.Message); ok && !msg.Info.IsFromMe {
			ids = append(ids, msg.Info.ID)
		}
	}
	return ids
}

func TestPreparedMessages(t *testing.T) {
	w := newWorld(t)
	c, comp := w.linked(w.alice)
	var lines []simulator.Line
	for i, text := range texts("prepared", 20) {
		lines = append(lines, simulator.Line{From: []*simulator.User{w.bob, w.carol}[i%2], Text: text})
	}
	first, err := comp.Prepare(w.ctx, lines)
	w.ok(err)
	second, err := comp.Prepare(w.ctx, lines)
	w.ok(err)
	w.ok(comp.WaitIdle(w.ctx))
	if got := received(c); len(got) > 0 {
		t.Fatalf("%d messages arrived before they were sent", len(got))
	}
	first.Send()
	second.Send()
	want := slices.Concat(first.IDs(), second.IDs())
	w.ok(comp.WaitAcked(w.ctx, want...))
	if got := received(c); !slices.Equal(got, want) {
		t.Errorf("the client got %v, want %v", got, want)
	}
	w.expect(w.alice, simulator.Text("prepared 19"))
}

func TestEverythingAtOnce(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	c, comp := w.linked(w.alice, simclient.Options{Dir: dir})
	w.ok(comp.WaitIdle(w.ctx))
	w.ok(c.Close())
	w.ok(comp.WaitDisconnected(w.ctx))
	ids, err := w.bob.SendMany(w.ctx, w.alice, texts("backlog", 1800)) // more than may be in flight otherwise
	w.ok(err)

	w.srv.Faults().DeliverAtOnce(true)
	stop := w.srv.Faults().Drop(func(s simulator.Stanza) bool {
		return s.Direction == simulator.FromClient && (s.Node.Tag == "receipt" || s.Node.Tag == "ack")
	})
	back := w.client(simclient.Options{Dir: dir})
	w.ok(back.Connect())
	w.message(back, "backlog 1799")
	if got := received(back); !slices.Equal(got, ids) {
		t.Errorf("the client got %d messages, not all %d in their order", len(got), len(ids))
	}
	if pending := len(comp.Pending()); pending < len(ids) {
		t.Errorf("%d messages are pending, though the acknowledgements were lost", pending)
	}
	stop()
}
