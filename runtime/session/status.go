package session

import (
	"context"
	"fmt"
	"slices"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// Status returns the current status.
func (s *Session) Status() v1.Status {
	s.mu.Lock()
	status, amend := s.public, s.amend
	if s.historyLost > 0 && status.Phase == v1.PhaseWorking {
		status.Message += fmt.Sprintf("; %d parts of the phone's history could not be imported", s.historyLost)
	}
	s.mu.Unlock()
	for _, part := range amend {
		part(&status)
	}
	return status
}

// Statuses returns the latest changes of Phase, oldest first.
func (s *Session) Statuses() []chat.PhaseChange {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.phases)
}

// Watch returns a channel that is closed at the next change of the status.
func (s *Session) Watch() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// tellStatus stores the event for a change of the phase.
func (s *Session) tellStatus() {
	change := chat.StatusChanged{Session: s.opts.Name, Phase: s.Status().Phase, Recent: s.Statuses()}
	if p, ok := s.passkeyNow(); ok && p.code != "" {
		change.PasskeyCode = p.code
	} else if ok {
		change.Passkey = p.request
	}
	// Stored even while the session is being closed.
	ctx := context.WithoutCancel(s.ctx)
	if err := s.store.Apply(ctx, change); err != nil {
		s.log.Error("Failed to store the status change", "error", err)
	}
}

// awaitWorking waits a few seconds until the session is connected.
func (s *Session) awaitWorking(ctx context.Context) error {
	return s.awaitPhase(ctx, v1.PhaseWorking, workingPatience, chat.ErrNotConnected)
}

// workingPatience is how long calls that need WhatsApp wait for the connection.
const workingPatience = 5 * time.Second

// awaitPhase waits for a phase while the session may still reach it.
func (s *Session) awaitPhase(ctx context.Context, want v1.Phase, patience time.Duration, otherwise error) error {
	patient, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		changed := s.Watch()
		switch phase := s.Status().Phase; {
		case phase == want:
			return nil
		case phase != v1.PhaseStarting:
			return otherwise
		}
		select {
		case <-changed:
		case <-patient.Done():
			if err := ctx.Err(); err != nil {
				return err
			}
			return otherwise
		case <-s.ctx.Done():
			return otherwise
		}
	}
}
