package session

import (
	"context"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// Start connects a session that was stopped or failed. After a logout it creates
// a new device to be paired.
func (s *Session) Start(ctx context.Context) error { return s.command(ctx, startAsked{}) }

// Stop disconnects and keeps the pairing.
func (s *Session) Stop(ctx context.Context) error { return s.command(ctx, stopAsked{}) }

// Restart stops and starts the session.
func (s *Session) Restart(ctx context.Context) error {
	if err := s.Stop(ctx); err != nil {
		return err
	}
	return s.Start(ctx)
}

// Logout unlinks the device from the account, keeps the chats, and waits to be
// paired again.
func (s *Session) Logout(ctx context.Context) error {
	if s.isMismatched() {
		// Not connected because another account is pinned: connect to log out.
		if err := s.command(ctx, pinChanged{false}); err != nil {
			return err
		}
		defer func() { s.inbox.put(pinChanged{mismatched(s.pinned(), s.account.Me())}) }()
	}
	if err := s.awaitWorking(ctx); err != nil {
		return err
	}
	if err := s.account.Logout(ctx); err != nil {
		return err
	}
	if err := s.command(ctx, whatsapp.LoggedOut{}); err != nil {
		return err
	}
	return s.Start(ctx)
}

// command gives the loop an input and waits until it is processed.
func (s *Session) command(ctx context.Context, in any) error {
	c := command{in: in, done: make(chan struct{})}
	s.inbox.put(c)
	select {
	case <-c.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.ctx.Done():
		return chat.ErrNotConnected
	}
}

func (s *Session) isMismatched() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.machine.mismatched
}
