package session

import (
	"context"
	"errors"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// Archiver adapts the session to the auto-archive engine.
type Archiver struct{ Session *Session }

// AwaitConnected waits until the session is connected or ctx ends.
func (a Archiver) AwaitConnected(ctx context.Context) error {
	for {
		changed := a.Session.Watch()
		if a.Session.Status().Phase == v1.PhaseWorking {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-a.Session.ctx.Done():
			return chat.ErrNotConnected
		}
	}
}

// RefreshChats updates the store from the app state, after recovering what a
// crash kept from it.
func (a Archiver) RefreshChats(ctx context.Context) error {
	s := a.Session
	return s.act(ctx, func() error {
		s.login.Lock()
		defer s.login.Unlock()
		if err := s.recoverState(ctx); err != nil {
			return err
		}
		return s.account.Refresh(ctx)
	})
}

// ArchiveChats archives the chats of a run's items in few requests.
func (a Archiver) ArchiveChats(ctx context.Context, items []chat.ArchiveItem) error {
	batch := make([]ArchiveItem, 0, len(items))
	for _, it := range items {
		c, err := a.Session.store.Chat(ctx, it.Chat)
		if errors.Is(err, chat.ErrNotFound) {
			continue // deleted since the run was planned
		}
		if err != nil {
			return err
		}
		batch = append(batch, ArchiveItem{Chat: c.ID, Archived: true, Last: c.LastMessage, Policy: it.Policy})
	}
	_, err := a.Session.ArchiveChats(ctx, batch)
	return err
}

// JoinedGroups returns the groups that the account is in.
func (a Archiver) JoinedGroups(ctx context.Context) (groups []chat.Group, err error) {
	err = a.Session.act(ctx, func() (err error) {
		groups, err = a.Session.account.Groups(ctx)
		return err
	})
	return groups, err
}

// LeaveGroup leaves a group.
func (a Archiver) LeaveGroup(ctx context.Context, id chat.ID) error {
	return a.Session.LeaveGroup(ctx, id)
}
