package session_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/session"
	"github.com/wasession/wasession/test/simulator"
)

func text(to chat.ID, stanza, body string) chat.Outgoing {
	return chat.Outgoing{To: to, Stanza: stanza, Content: chat.OutgoingText{Text: body}}
}

// hurried makes sends wait no longer than a test would.
func hurried(o *session.Options) { o.SendPatience = 3 * time.Second }

func TestSentMessagesFollowTheirReceipts(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	w.bob.SetAutoReceipts(false)
	id := s.NewMessageID()
	sent, err := s.Send(w.ctx, text(bobID, id, "from the API"))
	if err != nil {
		t.Fatal(err)
	}
	if sent.Stanza != id || sent.Ack != chat.AckServer || !sent.FromAPI || !sent.FromMe || sent.Chat != bobID {
		t.Errorf("sent %+v, want it acknowledged by the server", sent)
	}
	got, err := w.bob.Expect(w.ctx, simulator.Text("from the API"))
	if err != nil || got.ID != sent.Stanza {
		t.Fatalf("Bob received %+v, %v", got, err)
	}
	if m := s.message(id); m.Ack != chat.AckServer {
		t.Errorf("before it was delivered it is %s", m.Ack)
	}
	for _, step := range []struct {
		receipt func() error
		ack     chat.Ack
	}{
		{func() error { return w.bob.SendReceipt(w.ctx, "", got.ID) }, chat.AckDevice},
		{func() error { return w.bob.MarkRead(w.ctx, got.ID) }, chat.AckRead},
		{func() error { return w.bob.MarkPlayed(w.ctx, got.ID) }, chat.AckPlayed},
	} {
		if err := step.receipt(); err != nil {
			t.Fatal(err)
		}
		s.await(step.ack.String(), func() bool { return s.message(id).Ack == step.ack })
	}
}

func TestRefusedMessageIsAnError(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	w.srv.Faults().RejectMessages(479, 1)
	sent, err := s.Send(w.ctx, text(bobID, "", "no"))
	if !errors.Is(err, chat.ErrRefused) || sent.Ack != chat.AckError {
		t.Fatalf("sent %+v, %v; want a refusal", sent, err)
	}
	if want := "WhatsApp refused the request (479): it does not accept the message as it is"; err.Error() != want {
		t.Errorf("the error reads %q, want %q", err, want)
	}
	if got := s.message(sent.Stanza); got.Ack != chat.AckError {
		t.Errorf("stored as %s, want ERROR", got.Ack)
	}
	if _, err := s.Send(w.ctx, text(bobID, "", "yes")); err != nil {
		t.Errorf("the next: %v", err)
	}
}

func TestAMessageToNobodyIsNotSent(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	sent, err := s.Send(w.ctx, text("19990009999@c.us", "", "anybody?"))
	if !errors.Is(err, chat.ErrNotSent) || sent.Stanza != "" {
		t.Fatalf("sent %+v, %v; want an error", sent, err)
	}
	if _, err := s.store.Chat(w.ctx, "19990009999@c.us"); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("a chat is left behind: %v", err)
	}
	if want := "the message was not sent: there is no WhatsApp account with this number"; err.Error() != want {
		t.Errorf("the error reads %q, want %q", err, want)
	}
}

func TestAMessageIsPendingUntilItsLateAnswer(t *testing.T) {
	w := newWorld(t)
	s := w.open(hurried)
	s.pair()
	w.bob.SetAutoReceipts(false)
	if _, err := s.Send(w.ctx, text(bobID, "", "warm up")); err != nil {
		t.Fatal(err)
	}
	// The answer takes longer than a send waits for it.
	stop := w.srv.Faults().Delay(func(st simulator.Stanza) bool {
		return st.Direction == simulator.ToClient && st.Node.Tag == "ack"
	}, 3*time.Second)
	defer stop()
	began := time.Now()
	sent, err := s.Send(w.ctx, text(bobID, "", "slow"))
	if !errors.Is(err, chat.ErrUnanswered) {
		t.Fatalf("sent %+v, %v; want no answer in time", sent, err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("the send took %s", took)
	}
	if m := s.message(sent.Stanza); m.Ack != chat.AckPending {
		t.Errorf("without an answer it is %s", m.Ack)
	}
	s.await("the late answer", func() bool { return s.message(sent.Stanza).Ack == chat.AckServer })
}

func TestSendsBehindOneWithoutAnAnswerEndInTime(t *testing.T) {
	w := newWorld(t)
	s := w.open(hurried)
	s.pair()
	if _, err := s.Send(w.ctx, text(bobID, "", "warm up")); err != nil {
		t.Fatal(err)
	}
	stop := w.srv.Faults().Drop(func(st simulator.Stanza) bool { return isMessage(st.Node) && st.Direction == simulator.FromClient })
	defer stop()
	type result struct {
		m   chat.Message
		err error
	}
	results := make(chan result, 3)
	began := time.Now()
	for range cap(results) {
		go func() {
			m, err := s.Send(w.ctx, text(bobID, "", "lost"))
			results <- result{m, err}
		}()
	}
	acks := map[chat.Ack]int{}
	for range cap(results) {
		r := <-results
		if r.err == nil {
			t.Errorf("sent %+v", r.m)
		}
		if strings.Contains(r.err.Error(), "not sent") != (r.m.Ack == chat.AckError) {
			t.Errorf("%s with %v", r.m.Ack, r.err)
		}
		acks[s.message(r.m.Stanza).Ack]++
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("three sends took %s", took)
	}
	// What was handed over may have left; what never had its turn has not.
	if acks[chat.AckPending] == 0 || acks[chat.AckError] == 0 || acks[chat.AckServer] > 0 {
		t.Errorf("acks %v", acks)
	}
}

func isMessage(n *waBinary.Node) bool { return n.Tag == "message" }

func TestASendThatIsGivenUpGoesOn(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	w.bob.SetAutoReceipts(false)
	if _, err := s.Send(w.ctx, text(bobID, "", "warm up")); err != nil {
		t.Fatal(err)
	}
	// Whoever asked has gone before the answer leaves WhatsApp.
	gone, cancel := context.WithCancel(w.ctx)
	defer cancel()
	defer w.srv.Faults().Delay(func(st simulator.Stanza) bool {
		answer := st.Direction == simulator.ToClient && st.Node.Tag == "ack"
		if answer {
			cancel()
		}
		return answer
	}, 200*time.Millisecond)()
	id := s.NewMessageID()
	if sent, err := s.Send(gone, text(bobID, id, "who asked has gone")); err != nil || sent.Ack != chat.AckServer {
		t.Errorf("sent %+v, %v", sent, err)
	}
	if m := s.message(id); m.Ack != chat.AckServer {
		t.Errorf("stored as %s", m.Ack)
	}
}

func TestSendingWhileDisconnectedIsRefused(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	if err := s.Stop(w.ctx); err != nil {
		t.Fatal(err)
	}
	s.awaitPhase(v1.PhaseStopped)
	if sent, err := s.Send(w.ctx, text(bobID, "X", "no")); !errors.Is(err, chat.ErrNotConnected) || sent.Stanza != "" {
		t.Errorf("sent %+v, %v", sent, err)
	}
	if _, err := s.store.Message(w.ctx, bobID, "X"); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("what was not sent is in the store: %v", err)
	}
}
