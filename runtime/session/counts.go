package session

import (
	"context"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// countEvery bounds how often chats are counted for the status, and so how
// often a busy session's status changes.
const countEvery = 5 * time.Second

// chatsChanged notes that the figures of the status may have changed.
func (s *Session) chatsChanged() {
	select {
	case s.dirty <- struct{}{}:
	default:
	}
}

// countWhenIdle keeps the figures of the status up to date, at leisure.
func (s *Session) countWhenIdle() {
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-s.dirty:
		}
		if s.countChats() {
			s.publish()
		}
		select {
		case <-s.ctx.Done():
			return
		case <-time.After(countEvery):
		}
	}
}

// countChats reads the figures, and says whether they are others than before.
func (s *Session) countChats() bool {
	ctx := context.WithoutCancel(s.ctx)
	counts, err := s.store.Counts(ctx)
	if err != nil {
		s.log.Warn("The chats could not be counted", "error", err)
		return false
	}
	history, err := s.store.HistoryCounts(ctx)
	if err != nil {
		s.log.Warn("The history could not be counted", "error", err)
		return false
	}
	chats := v1.ChatCounts{Total: counts.Total, Archived: counts.Archived, Unread: counts.Unread}
	parts := v1.HistoryStatus{Pending: history.Pending, Imported: history.Imported}
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := s.public.Chats != chats || s.public.History != parts || s.historyLost != history.Failed
	s.public.Chats, s.public.History, s.historyLost = chats, parts, history.Failed
	return changed
}
