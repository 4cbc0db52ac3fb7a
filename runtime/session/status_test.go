package session_test

import (
	"encoding/json"
	"slices"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/session"
	"github.com/wasession/wasession/runtime/wire"
)

func TestStatusChangesAreEvents(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	var phases []v1.Phase
	s.await("the event", func() bool {
		stored, err := s.store.EventsFrom(w.ctx, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		phases = nil
		for _, e := range stored {
			if e.Name != chat.EventSessionStatus {
				continue
			}
			var event wire.SessionStatus
			if err := json.Unmarshal(e.Payload, &event); err != nil {
				t.Fatal(err)
			}
			if event.Name != "test" || len(event.Statuses) == 0 || event.Statuses[len(event.Statuses)-1].Status != event.Status {
				t.Errorf("event %s", e.Payload)
			}
			phases = append(phases, event.Status)
		}
		return slices.Contains(phases, v1.PhaseWorking)
	})
	if want := []v1.Phase{v1.PhaseScanQRCode, v1.PhaseStarting, v1.PhaseWorking}; !slices.Equal(phases, want) {
		t.Errorf("statuses %v, want %v", phases, want)
	}
}

func TestOthersFillInTheirPartOfTheStatus(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.Amend(func(status *v1.Status) { status.UnknownGroups = []string{"1@g.us"} })
	changed := s.Watch()
	s.Changed()
	select {
	case <-changed:
	case <-w.ctx.Done():
		t.Fatal("watchers were not woken")
	}
	if got := s.Status().UnknownGroups; len(got) != 1 {
		t.Errorf("unknown groups %v", got)
	}
}

func TestConfigurationInTheStatus(t *testing.T) {
	w := newWorld(t)
	s := w.open(func(o *session.Options) { o.Hash = "one" })
	s.ConfigRefused("history.days must not be negative")
	if got := s.Status(); got.ConfigHash != "one" || got.ConfigError == "" {
		t.Errorf("refused: %+v", got)
	}
	s.Configure(v1.Config{Session: "test"}, "two", nil)
	if got := s.Status(); got.ConfigHash != "two" || got.ConfigError != "" {
		t.Errorf("in force: %+v", got)
	}
}

func TestPausedSessionWaitsForStart(t *testing.T) {
	w := newWorld(t)
	s := w.open(func(o *session.Options) { o.Pause = true })
	if got := s.Status().Phase; got != v1.PhaseStopped {
		t.Errorf("phase %s, want STOPPED", got)
	}
	if err := s.Start(w.ctx); err != nil {
		t.Fatal(err)
	}
	s.awaitPhase(v1.PhaseScanQRCode)
}
