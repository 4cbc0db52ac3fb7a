package whatsapp

import (
	"slices"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/test/simulator"
)

// The secrets of polls, and the addresses that calls are rejected under, outlive the
// process as far as they must.
func TestPollsAndCallsAfterANewStart(t *testing.T) {
	l := paired(t)
	id, err := l.bob.Send(l.ctx, l.alice, simulator.PollMessage("When?", 1, "Monday", "Tuesday"))
	if err != nil {
		t.Fatal(err)
	}
	poll := l.stored(id)
	call, err := l.bob.Call(l.ctx, l.alice, simulator.CallOptions{})
	if err != nil {
		t.Fatal(err)
	}
	l.await("the call", func() bool { return len(all[chat.Called](l.recorder)) == 1 })
	l.close(l.Account)
	if _, err := l.bob.Vote(l.ctx, id, []string{"Monday"}); err != nil {
		t.Fatal(err)
	}
	l.open()
	l.await("the connection", l.reachable)
	l.await("what Bob voted meanwhile", func() bool { return len(all[chat.PollVoted](l.recorder)) == 1 })
	if got := all[chat.PollVoted](l.recorder)[0]; got.Failed || got.Vote.FromMe || !slices.Equal(got.Options, []string{"Monday"}) {
		t.Errorf("Bob voted %+v", got)
	}
	if _, err := l.Vote(l.ctx, poll, []string{"Tuesday"}); err != nil {
		t.Fatal(err)
	}
	vote, err := l.bob.Expect(l.ctx, simulator.Vote(id))
	if err != nil {
		t.Fatal(err)
	}
	if options, err := l.bob.ReadVote(vote); err != nil || !slices.Equal(options, []string{"Tuesday"}) {
		t.Errorf("Bob sees %q, %v", options, err)
	}
	if err := l.RejectCall(l.ctx, bobID, call); err != nil {
		t.Fatal(err)
	}
	if _, err := l.bob.Expect(l.ctx, func(r simulator.Received) bool {
		return r.Kind == simulator.KindCall && r.ID == call && r.State == simulator.CallRejected
	}); err != nil {
		t.Error(err)
	}
}
