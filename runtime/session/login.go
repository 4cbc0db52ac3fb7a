package session

import (
	"context"
	"time"
)

// afterLogin does what is due once the session is connected.
func (s *Session) afterLogin() {
	s.wakeHistory()
	s.login.Lock()
	defer s.login.Unlock()
	ctx, cancel := context.WithTimeout(s.ctx, 5*time.Minute)
	defer cancel()
	if s.unclean {
		// whatsmeow counts a change of the shared state as seen before it tells
		// us: a process that was killed in between lost it.
		if err := s.account.Resync(ctx); err != nil {
			s.log.Warn("The shared state could not be read again after a crash", "error", err)
			return
		}
		s.unclean = false
	}
	if !s.groupsRead {
		if err := s.account.ReadGroups(ctx); err != nil {
			s.log.Warn("The groups could not be read", "error", err)
			return
		}
		s.groupsRead = true
	}
}
