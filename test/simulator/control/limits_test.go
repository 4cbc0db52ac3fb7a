package control_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/control"
	"github.com/wasession/wasession/test/simulator/simclient"
)

const carol = "15550003333"

// write sends a text and returns WhatsApp's code if it refused it.
func (s *stage) write(to, text string) string {
	s.t.Helper()
	_, err := s.client.SendMessage(s.ctx, types.NewJID(to, types.DefaultUserServer), simulator.TextMessage(text))
	if err == nil {
		return ""
	}
	if !errors.Is(err, whatsmeow.ErrServerReturnedError) {
		s.t.Fatal(err)
	}
	return strings.TrimPrefix(err.Error(), whatsmeow.ErrServerReturnedError.Error()+" ")
}

func TestLimitsOnMessages(t *testing.T) {
	s := newStage(t).link()
	_, err := s.control.AddUser(s.ctx, control.User{Number: carol, Name: "Carol"})
	s.must(err)
	hour := func(most int) *control.Limit { return &control.Limit{Most: most, Seconds: 3600} }
	s.must(s.control.SetLimits(s.ctx, control.Limits{User: alice, Messages: hour(2), NewChats: hour(1)}))
	for i, c := range []struct{ to, want string }{{bob, ""}, {carol, "463"}, {bob, "429"}} {
		if got := s.write(c.to, "hello"); got != c.want {
			t.Errorf("message %d is refused with %q, want %q", i, got, c.want)
		}
	}
	// Who has written is no new chat.
	s.must(s.control.SetLimits(s.ctx, control.Limits{User: alice, NewChats: hour(0)}))
	_, err = s.control.Send(s.ctx, control.Message{From: carol, To: alice, Text: "hi"})
	s.must(err)
	for to, want := range map[string]string{carol: "", bob: "463"} {
		if got := s.write(to, "hello"); got != want {
			t.Errorf("the message to %s is refused with %q, want %q", to, got, want)
		}
	}
	s.must(s.control.SetLimits(s.ctx, control.Limits{User: alice}))
	s.must(s.control.SetFaults(s.ctx, control.Faults{RejectMessages: &control.RejectMessages{Code: 479, Times: 1}}))
	for _, want := range []string{"479", ""} {
		if got := s.write(bob, "hello"); got != want {
			t.Errorf("refused with %q, want %q", got, want)
		}
	}
}

func TestLimitsOnLogins(t *testing.T) {
	s := newStage(t).link()
	s.must(s.control.SetLimits(s.ctx, control.Limits{User: alice, Logins: &control.Limit{Most: 1, Seconds: 3600}}))
	mark := s.client.Events.Mark()
	s.must(s.control.Kick(s.ctx, alice))
	_, err := simclient.WaitSince[*events.Connected](s.ctx, s.client.Events, mark)
	s.must(err)
	s.must(s.control.Kick(s.ctx, alice))
	wait(s, func(e *events.ConnectFailure) bool { return e.Reason == 429 })

	s.must(s.control.FailLogin(s.ctx, control.LoginFailure{User: alice, Reason: 402, Code: 101, ExpireSeconds: 60}))
	s.client.Disconnect() // a connection that was refused may still be closing
	s.must(s.client.Connect())
	wait(s, func(e *events.TemporaryBan) bool {
		return e.Code == events.TempBanSentToTooManyPeople && e.Expire == time.Minute
	})
	s.must(s.control.SetLimits(s.ctx, control.Limits{User: alice}))
	s.must(s.control.FailLogin(s.ctx, control.LoginFailure{User: alice}))
	mark = s.client.Events.Mark()
	s.client.Disconnect()
	s.must(s.client.Connect())
	_, err = simclient.WaitSince[*events.Connected](s.ctx, s.client.Events, mark)
	s.must(err)
}

func TestLimitsOnQueries(t *testing.T) {
	s := newStage(t).link()
	s.must(s.control.SetFaults(s.ctx, control.Faults{FailQueries: &control.FailQueries{Namespace: "w:g2", BackoffSeconds: 90, Times: 1}}))
	var refused *whatsmeow.IQError
	if _, err := s.client.GetJoinedGroups(s.ctx); !errors.As(err, &refused) || refused.Code != 429 {
		t.Fatalf("got %v, want 429", err)
	}
	if got := refused.ErrorNode.AttrGetter().Int("backoff"); got != 90 {
		t.Errorf("to wait %d seconds, want 90", got)
	}
}

func TestLimitsThatMakeNoSense(t *testing.T) {
	s := newStage(t)
	err := s.control.SetLimits(s.ctx, control.Limits{User: alice, Logins: &control.Limit{Most: 1}})
	if err == nil || !strings.Contains(err.Error(), "logins needs how many") {
		t.Errorf("got %v", err)
	}
}
