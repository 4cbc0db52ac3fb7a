package session

import (
	"context"
	"time"
)

// afterLogin does the work that is due once the session is connected.
func (s *Session) afterLogin() {
	s.wakeHistory()
	s.login.Lock()
	defer s.login.Unlock()
	ctx, cancel := context.WithTimeout(s.ctx, 5*time.Minute)
	defer cancel()
	if err := s.store.NoteLinked(ctx, time.Now()); err != nil {
		s.log.Warn("Failed to store when the account was linked", "error", err)
	}
	s.watchAgain(ctx)
	if err := s.recoverState(ctx); err != nil {
		s.log.Warn("Failed to resync the app state after a crash", "error", err)
	}
	if !s.groupsRead {
		if err := s.account.ReadGroups(ctx); err != nil {
			s.log.Warn("Failed to read the groups", "error", err)
			return
		}
		s.groupsRead = true
	}
	if !s.channelsRead {
		if err := s.readChannels(ctx); err != nil {
			s.log.Warn("Failed to read the channels", "error", err)
		} else {
			s.channelsRead = true
		}
	}
	s.rest()
}

// recoverState resyncs the app state once after a crash; the caller holds login.
// whatsmeow advances the version of the app state before it dispatches a change:
// a process that was killed in between lost it. It also does so once if an earlier
// version did not store all of it.
func (s *Session) recoverState(ctx context.Context) error {
	behind, err := s.store.AppStateBehind(ctx)
	if err != nil || !s.unclean && !behind {
		return err
	}
	if err := s.account.Resync(ctx); err != nil {
		return err
	}
	s.unclean = false
	if !behind {
		return nil
	}
	return s.store.CaughtUpAppState(ctx)
}

// rest says that work that took memory is done.
func (s *Session) rest() {
	if s.opts.Rest != nil {
		s.opts.Rest()
	}
}
