package session

import (
	"context"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// countEvery is the minimum time between counts of the chats, which limits how
// often the status of a busy session changes.
const countEvery = 5 * time.Second

// chatsChanged schedules an update of the status's counts.
func (s *Session) chatsChanged() {
	select {
	case s.dirty <- struct{}{}:
	default:
	}
}

// countWhenIdle keeps the counts of the status up to date.
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

// countChats reads the counts and reports whether they changed.
func (s *Session) countChats() bool {
	ctx := context.WithoutCancel(s.ctx)
	counts, err := s.store.Counts(ctx)
	if err != nil {
		s.log.Warn("Failed to count the chats", "error", err)
		return false
	}
	history, err := s.store.HistoryCounts(ctx)
	if err != nil {
		s.log.Warn("Failed to count the history jobs", "error", err)
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
