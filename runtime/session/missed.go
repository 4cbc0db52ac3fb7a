package session

import (
	"context"
	"time"
)

// How long after a missed change the app state is resynced. The delay doubles
// with each failed attempt.
const (
	missedFirst = 5 * time.Second
	missedMost  = 5 * time.Minute
)

// missState records that a change of the app state could not be stored, and
// resyncs the app state until that succeeds. A session that is closed first does
// so at its next start.
func (s *Session) missState() {
	if s.missed.Swap(true) || s.ctx.Err() != nil {
		return
	}
	s.work.Go(s.recoverMissed)
}

func (s *Session) recoverMissed() {
	for wait := missedFirst; ; wait = min(2*wait, missedMost) {
		timer := time.NewTimer(wait)
		select {
		case <-s.ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		if s.readMissed() {
			return
		}
	}
}

// readMissed resyncs the app state and reports whether that succeeded.
func (s *Session) readMissed() bool {
	s.login.Lock()
	defer s.login.Unlock()
	ctx, cancel := context.WithTimeout(s.ctx, 5*time.Minute)
	defer cancel()
	s.missed.Store(false)
	if err := s.account.Resync(ctx); err != nil {
		s.missed.Store(true)
		s.log.Warn("Failed to resync the app state", "error", err)
		return false
	}
	// A change that could not be stored this time has started the next round.
	return true
}
