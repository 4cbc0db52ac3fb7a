package session_test

import (
	"context"
	"errors"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/test/simulator"
)

func TestReconnectsAndGetsWhatItMissed(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	w.srv.Faults().RejectUpgrades(503, 1)
	w.alice.Kick()
	s.await("a refused reconnection", func() bool { return w.srv.Faults().Rejected() > 0 })
	id, err := w.bob.SendText(w.ctx, w.alice, "while you were out")
	if err != nil {
		t.Fatal(err)
	}
	s.awaitPhase(v1.PhaseWorking)
	if got := s.message(id); got.Body != "while you were out" {
		t.Errorf("message = %+v", got)
	}
}

func TestStopAndStart(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	if err := s.Stop(w.ctx); err != nil {
		t.Fatal(err)
	}
	if got := s.Status(); got.Phase != v1.PhaseStopped || !got.Paired {
		t.Errorf("status = %+v, want stopped and paired", got)
	}
	if err := s.ArchiveChat(w.ctx, "15550002222@c.us", true); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("archive of an unknown chat: %v, want not found", err)
	}
	if _, err := s.Picture(w.ctx, "15550002222@c.us"); !errors.Is(err, chat.ErrNotConnected) {
		t.Errorf("picture while stopped: %v, want ErrNotWorking", err)
	}
	if err := s.Start(w.ctx); err != nil {
		t.Fatal(err)
	}
	s.awaitPhase(v1.PhaseWorking)
}

func TestRefusalsOfTheServer(t *testing.T) {
	for _, c := range []struct {
		name   string
		reason int
		code   int
		want   v1.Reason
		phase  v1.Phase
		waits  bool
	}{
		{"client outdated", 405, 0, v1.ReasonClientOutdated, v1.PhaseFailed, false},
		{"temporary ban", 402, 101, v1.ReasonTemporaryBan, v1.PhaseStarting, true},
		{"too many logins", 429, 0, v1.ReasonRateLimited, v1.PhaseStarting, true},
		{"something unknown", 418, 0, v1.ReasonDisconnected, v1.PhaseStarting, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			s := w.open()
			s.pair()
			w.alice.FailLogin(&simulator.LoginFailure{Reason: c.reason, Code: c.code, Expire: time.Hour})
			w.alice.Kick()
			s.await("the refusal", func() bool { return s.Status().Reason == c.want && (!c.waits || s.Status().RetryAt != nil) })
			got := s.Status()
			if got.Phase != c.phase || !got.Paired {
				t.Errorf("status = %+v, want phase %s, still paired", got, c.phase)
			}
			w.alice.FailLogin(nil)
			if err := s.Restart(w.ctx); err != nil {
				t.Fatal(err)
			}
			s.awaitPhase(v1.PhaseWorking)
		})
	}
}

func TestAnotherConnectionTakesOver(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	w.alice.Companion().StreamError(0, "replaced")
	s.await("yielding", func() bool { return s.Status().Reason == v1.ReasonStreamReplaced })
	got := s.Status()
	if got.RetryAt == nil || time.Until(*got.RetryAt) < 20*time.Second || time.Until(*got.RetryAt) > 31*time.Second {
		t.Errorf("retry at %v, want half a minute away", got.RetryAt)
	}
}

func TestClosesInTheMiddleOfDialling(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	w.srv.Faults().SetLatency(time.Minute)
	w.alice.Kick()
	s.awaitPhase(v1.PhaseStarting)
	began := time.Now()
	s.close()
	if took := time.Since(began); took > 9*time.Second {
		t.Errorf("closing took %s, SIGTERM allows 10 s", took)
	}
}

func TestWaitsForTheConnectionAFewSeconds(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	if err := s.Stop(w.ctx); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := s.Picture(context.WithoutCancel(w.ctx), "15550002222@c.us")
		done <- err
	}()
	if err := <-done; !errors.Is(err, chat.ErrNotConnected) {
		t.Fatalf("stopped: %v", err)
	}
	if err := s.Start(w.ctx); err != nil {
		t.Fatal(err)
	}
	// Now STARTING: the call waits until the session is connected.
	if _, err := s.Picture(w.ctx, "15550002222@c.us"); err != nil {
		t.Errorf("picture while starting: %v, want it to wait", err)
	}
}
