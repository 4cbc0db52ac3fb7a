package control_test

import (
	"testing"

	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/control"
)

func TestCalls(t *testing.T) {
	s := newStage(t).link()
	state := func(id, want string) {
		t.Helper()
		_, err := s.control.Expect(s.ctx, bob, func(r control.Received) bool {
			return r.Kind == simulator.KindCall && r.ID == id && r.State == want
		})
		s.must(err)
	}
	id, err := s.control.Call(s.ctx, control.Call{From: bob, To: alice, Video: true})
	s.must(err)
	offer := wait(s, func(e *events.CallOffer) bool { return e.CallID == id })
	s.must(s.client.RejectCall(s.ctx, offer.CallCreator, id))
	state(id, simulator.CallRejected)

	id, err = s.control.Call(s.ctx, control.Call{From: bob, To: alice})
	s.must(err)
	wait(s, func(e *events.CallOffer) bool { return e.CallID == id })
	s.must(s.control.AnswerCall(s.ctx, id, control.CallAnswer{By: alice, Do: simulator.CallAccepted}))
	wait(s, func(e *events.CallAccept) bool { return e.CallID == id })
	wait(s, func(e *events.CallTerminate) bool { return e.CallID == id && e.Reason == "accepted_elsewhere" })
	state(id, simulator.CallAccepted)

	group, err := s.control.AddGroup(s.ctx, "Lunch", alice, bob)
	s.must(err)
	id, err = s.control.Call(s.ctx, control.Call{From: bob, To: alice, Group: group.JID})
	s.must(err)
	wait(s, func(e *events.CallOfferNotice) bool { return e.CallID == id && e.Type == "group" })
	s.must(s.control.AnswerCall(s.ctx, id, control.CallAnswer{By: bob, Do: simulator.CallEnded}))
	wait(s, func(e *events.CallTerminate) bool { return e.CallID == id && e.Reason == "timeout" })

	for _, wrong := range []control.CallAnswer{{By: alice, Do: simulator.CallAccepted}, {By: alice, Do: "smile"}} {
		if err := s.control.AnswerCall(s.ctx, id, wrong); err == nil {
			t.Errorf("%+v of a call that is over", wrong)
		}
	}
}
