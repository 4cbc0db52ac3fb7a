package session

import (
	"context"
	"time"
)

// How long after a missed change of the shared state it is read again; each
// further try waits twice as long.
const (
	missedFirst = 5 * time.Second
	missedMost  = 5 * time.Minute
)

// missState notes that a change of the shared state could not be stored, and
// has the whole state read again until that succeeds. A session that is closed
// before does so at its next start.
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

// readMissed reads the shared state again and says whether all of it was stored.
func (s *Session) readMissed() bool {
	s.login.Lock()
	defer s.login.Unlock()
	ctx, cancel := context.WithTimeout(s.ctx, 5*time.Minute)
	defer cancel()
	s.missed.Store(false)
	if err := s.account.Resync(ctx); err != nil {
		s.missed.Store(true)
		s.log.Warn("The shared state could not be read again", "error", err)
		return false
	}
	// A change that could not be stored this time either began the next round.
	return true
}
