package session

import (
	"context"
	"runtime/debug"
	"time"
)

// afterLogin does what is due once the session is connected.
func (s *Session) afterLogin() {
	s.wakeHistory()
	s.login.Lock()
	defer s.login.Unlock()
	ctx, cancel := context.WithTimeout(s.ctx, 5*time.Minute)
	defer cancel()
	if err := s.recoverState(ctx); err != nil {
		s.log.Warn("The shared state could not be read again after a crash", "error", err)
	}
	if !s.groupsRead {
		if err := s.account.ReadGroups(ctx); err != nil {
			s.log.Warn("The groups could not be read", "error", err)
			return
		}
		s.groupsRead = true
	}
	giveBackMemory()
}

// recoverState reads the whole shared state again after a crash, once; login is
// held. whatsmeow counts a change of the shared state as seen before it tells
// us: a process that was killed in between lost it.
func (s *Session) recoverState(ctx context.Context) error {
	if !s.unclean {
		return nil
	}
	if err := s.account.Resync(ctx); err != nil {
		return err
	}
	s.unclean = false
	return nil
}

// giveBackMemory ends a burst of work: without it an idle session would keep
// what the burst took for minutes, until the collector runs by itself.
func giveBackMemory() { debug.FreeOSMemory() }
