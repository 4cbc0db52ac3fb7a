package simulator_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/simclient"
)

func texts(prefix string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s %d", prefix, i)
	}
	return out
}

func TestOfflineQueue(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	c, comp := w.linked(w.alice, simclient.Options{Dir: dir})
	w.ok(comp.WaitIdle(w.ctx))
	w.ok(c.Close())
	w.ok(comp.WaitDisconnected(w.ctx))
	ids, err := w.bob.SendMany(w.ctx, w.alice, texts("while away", 25))
	w.ok(err)
	if pending := comp.Pending(); !slices.Equal(pending, ids) {
		t.Errorf("queued: %v, want %v", pending, ids)
	}

	back := w.client(simclient.Options{Dir: dir})
	w.ok(back.Connect())
	preview := event[*events.OfflineSyncPreview](w, back)
	if preview.Total != 25 || preview.Messages != 25 {
		t.Errorf("preview: %+v", preview)
	}
	if done := event[*events.OfflineSyncCompleted](w, back); done.Count != 25 {
		t.Errorf("completed: %+v", done)
	}
	w.ok(comp.WaitAcked(w.ctx, ids...))
	w.ok(comp.WaitIdle(w.ctx))
	var got []string
	for _, evt := range back.Events.All() {
		if msg, ok := evt.(*events.Message); ok && !msg.Info.IsFromMe {
			got = append(got, msg.Info.ID)
		}
	}
	if !slices.Equal(got, ids) {
		t.Errorf("the client got %v, want %v", got, ids)
	}
}

func TestRedeliveryUntilAcknowledged(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	var accept atomic.Bool
	// A client that cannot store messages does not acknowledge them.
	refuse := func(c *whatsmeow.Client) {
		c.SynchronousAck = true
		c.EnableDecryptedEventBuffer = true
		c.AddEventHandlerWithSuccessStatus(func(evt any) bool {
			_, isMessage := evt.(*events.Message)
			return !isMessage || accept.Load()
		})
	}
	accept.Store(true)
	c, comp := w.linked(w.alice, simclient.Options{Dir: dir, Setup: refuse})
	w.ok(comp.WaitIdle(w.ctx))
	accept.Store(false)
	id, err := w.bob.SendText(w.ctx, w.alice, "keep this")
	w.ok(err)
	w.message(c, "keep this")
	if slices.Contains(comp.Acked(), id) {
		t.Fatal("the message is acknowledged, though its handler failed")
	}
	w.ok(c.Close())
	w.ok(comp.WaitDisconnected(w.ctx))

	accept.Store(true)
	back := w.client(simclient.Options{Dir: dir, Setup: refuse})
	w.ok(back.Connect())
	w.message(back, "keep this")
	w.ok(comp.WaitAcked(w.ctx, id))
}

func TestMoreMessagesThanMayBeInFlight(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	c, comp := w.linked(w.alice, simclient.Options{Dir: dir})
	w.ok(comp.WaitIdle(w.ctx))
	w.ok(c.Close())
	w.ok(comp.WaitDisconnected(w.ctx))
	ids, err := w.bob.SendMany(w.ctx, w.alice, texts("flood", 2000))
	w.ok(err)
	start := time.Now()
	back := w.client(simclient.Options{Dir: dir})
	w.ok(back.Connect())
	if done := event[*events.OfflineSyncCompleted](w, back); done.Count < len(ids) {
		t.Errorf("completed: %+v", done)
	}
	w.ok(comp.WaitAcked(w.ctx, ids...))
	t.Logf("%.0f messages/s", float64(len(ids))/time.Since(start).Seconds())
	if n := simclient.Count(back.Events, func(m *events.Message) bool { return !m.Info.IsFromMe }); n != len(ids) {
		t.Errorf("the client got %d messages, want %d", n, len(ids))
	}
}

func TestSimulatorRestart(t *testing.T) {
	w := newWorldWith(t, simulator.Options{})
	// A separate server whose state is kept after it closes.
	opts := simulator.Options{StateFile: t.TempDir() + "/state.json"}
	inner := &world{t: t, ctx: w.ctx}
	inner.start(opts)
	dir := t.TempDir()
	c, comp := inner.linked(inner.alice, simclient.Options{Dir: dir})
	g := inner.srv.AddGroup("Team", inner.bob, inner.alice)
	event[*events.JoinedGroup](inner, c)
	_, err := inner.bob.SendText(w.ctx, inner.alice, "before")
	w.ok(err)
	inner.message(c, "before")
	_, err = inner.bob.SendGroupText(w.ctx, g, "group before")
	w.ok(err)
	inner.message(c, "group before")
	_, err = c.SendMessage(w.ctx, inner.bob.PN(), simulator.TextMessage("sent before"))
	w.ok(err)
	inner.expect(inner.bob, simulator.Text("sent before"))
	event(inner, c, func(r *events.Receipt) bool { return r.Type == types.ReceiptTypeDelivered })
	event(inner, c, func(r *events.Receipt) bool { return r.Type == types.ReceiptTypeSender })
	w.ok(comp.WaitIdle(w.ctx))
	w.ok(c.Close())
	w.ok(comp.WaitDisconnected(w.ctx))
	queued, err := inner.bob.SendText(w.ctx, inner.alice, "while both were away")
	w.ok(err)
	preKeys := comp.PreKeys()
	w.ok(inner.srv.Close())

	after := &world{t: t, ctx: w.ctx}
	after.start(opts)
	t.Cleanup(func() { w.ok(after.srv.Close()) })
	if after.alice.Companion() == nil || after.alice.LID() != inner.alice.LID() {
		t.Fatal("the account was not restored")
	}
	comp = after.alice.Companion()
	if comp.PreKeys() != preKeys || !slices.Equal(comp.Pending(), []string{queued}) {
		t.Errorf("restored with %d prekeys and queue %v", comp.PreKeys(), comp.Pending())
	}
	back := after.client(simclient.Options{Dir: dir})
	w.ok(back.Connect())
	after.message(back, "while both were away")
	_, err = after.bob.SendText(w.ctx, after.alice, "after")
	w.ok(err)
	after.message(back, "after")
	_, err = after.bob.SendGroupText(w.ctx, after.srv.Group(g.JID()), "group after")
	w.ok(err)
	after.message(back, "group after")
	_, err = back.SendMessage(w.ctx, after.bob.PN(), simulator.TextMessage("sent after"))
	w.ok(err)
	after.expect(after.bob, simulator.Text("sent after"))
	_, err = back.SendMessage(w.ctx, g.JID(), simulator.TextMessage("group sent after"))
	w.ok(err)
	after.expect(after.bob, simulator.Text("group sent after"))
	if n := simclient.Count[*events.UndecryptableMessage](back.Events); n != 0 {
		t.Errorf("%d messages could not be decrypted", n)
	}
	if unknown := after.srv.Unhandled(); len(unknown) > 0 {
		t.Errorf("the simulator did not know these stanzas: %v", unknown)
	}
}
