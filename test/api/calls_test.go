package api

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator"
)

const rejectCall = "/api/sales/calls/reject"

// callEvents are the events of a name about calls so far.
func (w *world) callEvents(event string) []wire.Call {
	w.Helper()
	return decoded[wire.Call](w, event)
}

// told waits for the nth event of a name about calls.
func (w *world) told(event string, n int) wire.Call {
	w.Helper()
	var all []wire.Call
	w.await(fmt.Sprintf("%s %d", event, n), func() bool { all = w.callEvents(event); return len(all) >= n })
	return all[n-1]
}

// heard waits until a phone has heard of a call's state.
func (w *world) heard(by *simulator.User, id, state string) {
	w.Helper()
	_, err := by.Expect(w.ctx, func(r simulator.Received) bool {
		return r.Kind == simulator.KindCall && r.ID == id && r.State == state
	})
	w.ok(err)
}

// A rejection reaches the caller only under the address that the call came from.
func TestRejectCalls(t *testing.T) {
	w := paired(t)
	companion := w.alice.Companions()[0]
	n := 0
	for name, addressing := range addressings {
		id, err := w.bob.Call(w.ctx, w.alice, simulator.CallOptions{Video: n == 0, Addressing: addressing})
		w.ok(err)
		n++
		got := w.told(chat.EventCallReceived, n)
		if got.ID != id || got.From != bobChat || got.IsVideo != (n == 1) || got.IsGroup || got.Timestamp == 0 ||
			got.Data.CallID != id || got.Data.RemotePlatform != "iphone" || !strings.Contains(got.Data.CallCreator, "@") {
			t.Errorf("by %s: %+v", name, got)
		}
		w.do(http.StatusCreated, "POST", rejectCall, m{"from": got.From, "id": got.ID}, nil)
		w.heard(w.bob, id, simulator.CallRejected)
		w.heard(w.alice, id, simulator.CallRejected)
		if rejected := w.told(chat.EventCallRejected, n); rejected.ID != id || rejected.From != bobChat || rejected.IsVideo != got.IsVideo {
			t.Errorf("by %s, rejected: %+v", name, rejected)
		}
	}
	w.await("acknowledged", func() bool { return len(companion.Pending()) == 0 })
	// The caller hangs up: that is neither accepted nor rejected.
	id, err := w.bob.Call(w.ctx, w.alice, simulator.CallOptions{})
	w.ok(err)
	w.ok(w.bob.HangUp(w.ctx, id))
	// What the phone does is told once, although WhatsApp says it twice.
	id, err = w.carol.Call(w.ctx, w.alice, simulator.CallOptions{Video: true})
	w.ok(err)
	w.ok(w.alice.AcceptCall(w.ctx, id))
	if got := w.told(chat.EventCallAccepted, 1); got.ID != id || got.From != carolPN+"@c.us" || !got.IsVideo {
		t.Errorf("accepted on the phone: %+v", got)
	}
	id, err = w.carol.Call(w.ctx, w.alice, simulator.CallOptions{})
	w.ok(err)
	w.ok(w.alice.RejectCall(w.ctx, id))
	if got := w.told(chat.EventCallRejected, n+1); got.ID != id || got.From != carolPN+"@c.us" {
		t.Errorf("rejected on the phone: %+v", got)
	}
	w.await("acknowledged", func() bool { return len(companion.Pending()) == 0 })
	if r, a, j := len(w.callEvents(chat.EventCallReceived)), len(w.callEvents(chat.EventCallAccepted)), len(w.callEvents(chat.EventCallRejected)); r != n+3 || a != 1 || j != n+1 {
		t.Errorf("%d received, %d accepted, %d rejected", r, a, j)
	}
}

func TestRejectACallInAGroup(t *testing.T) {
	w := paired(t)
	g := w.sim.AddGroup("Lunch", w.alice, w.bob)
	id, err := w.bob.Call(w.ctx, w.alice, simulator.CallOptions{Group: g, Video: true})
	w.ok(err)
	got := w.told(chat.EventCallReceived, 1)
	if got.ID != id || got.From != bobChat || !got.IsGroup || !got.IsVideo || got.Data.GroupJID != g.JID().String() || got.Data.Type != "group" {
		t.Errorf("event %+v", got)
	}
	w.do(http.StatusCreated, "POST", rejectCall, m{"from": w.bob.LID().String(), "id": id}, nil)
	w.heard(w.bob, id, simulator.CallRejected)
}

func TestCallsThatCannotBeRejected(t *testing.T) {
	w := paired(t)
	id, err := w.bob.Call(w.ctx, w.alice, simulator.CallOptions{})
	w.ok(err)
	w.told(chat.EventCallReceived, 1)
	for _, c := range []struct {
		body   m
		status int
		says   string
	}{
		{m{"id": id}, 400, "from should not be empty"},
		{m{"from": bobChat}, 400, "id should not be empty"},
		{m{"from": bobChat, "id": "a\nb"}, 400, "id must be the ID of a call"},
		{m{"from": bobChat, "id": strings.Repeat("A", 129)}, 400, "id must be the ID of a call"},
		{m{"from": "1203@g.us", "id": id}, 400, "from must be the ID of a person"},
		{m{"from": carolPN, "id": id}, 422, "The call is from " + bobChat},
	} {
		if status, body := w.call("POST", rejectCall, c.body); status != c.status || !strings.Contains(string(body), c.says) {
			t.Errorf("%v: %d %s, want %d %s", c.body, status, body, c.status, c.says)
		}
	}
	w.do(http.StatusCreated, "POST", rejectCall, m{"from": bobPN, "id": id}, nil)
	if status, body := w.call("POST", rejectCall, m{"from": bobPN, "id": id}); status != 422 || !strings.Contains(string(body), "already") {
		t.Errorf("twice: %d %s", status, body)
	}
}

// Whoever calls again and again, the calls of others can be rejected.
func TestACallerWhoCallsThousandsOfTimes(t *testing.T) {
	w := paired(t)
	carols, err := w.carol.Call(w.ctx, w.alice, simulator.CallOptions{Addressing: simulator.AddressPN})
	w.ok(err)
	const many = 3000
	var forgotten string
	for range many {
		id, err := w.bob.Call(w.ctx, w.alice, simulator.CallOptions{})
		w.ok(err)
		forgotten = cmp.Or(forgotten, id)
	}
	// IDs are the caller's choice, too; that of another's call changes nothing of it.
	for _, id := range []string{"../../x\n", strings.Repeat("A", 100_000), carols} {
		_, err := w.bob.Call(w.ctx, w.alice, simulator.CallOptions{ID: id})
		w.ok(err)
	}
	last := w.told(chat.EventCallReceived, many+4)
	if last.ID != carols || last.From != bobChat {
		t.Errorf("the last call is %+v", last)
	}
	for _, c := range w.callEvents(chat.EventCallReceived) {
		if !chat.PlainStanza(c.ID) || len(c.Data.CallID) > 256 {
			t.Errorf("the ID of a call is %.200s, %.300s", c.ID, c.Data.CallID)
		}
	}
	w.do(http.StatusCreated, "POST", rejectCall, m{"from": carolPN, "id": carols}, nil)
	w.heard(w.carol, carols, simulator.CallRejected)
	// A call that is not remembered, as after a new start of the process, is rejected under
	// the LID.
	w.do(http.StatusCreated, "POST", rejectCall, m{"from": bobChat, "id": forgotten}, nil)
	w.heard(w.bob, forgotten, simulator.CallRejected)
}
