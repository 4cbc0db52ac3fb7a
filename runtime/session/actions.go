package session

import (
	"context"
	"errors"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// act runs do once the session is connected. The connection may be lost before
// the status shows it: then do runs again on the next one.
func (s *Session) act(ctx context.Context, do func() error) error {
	patient := time.Now().Add(workingPatience)
	for {
		if err := s.awaitWorking(ctx); err != nil {
			return err
		}
		changed := s.Watch()
		err := do()
		if errors.As(err, new(chat.Limited)) {
			s.limited.requests.Add(1)
			s.log.Warn("WhatsApp limits the account's requests", "error", err)
		}
		if !errors.Is(err, chat.ErrNotConnected) || time.Now().After(patient) {
			return err
		}
		select {
		case <-changed:
		case <-time.After(reconnectLook):
		case <-ctx.Done():
			return ctx.Err()
		case <-s.ctx.Done():
			return chat.ErrNotConnected
		}
	}
}

// reconnectLook is how often to check for the next connection: a quick reconnect
// does not show in the status.
const reconnectLook = 100 * time.Millisecond

// PinMessage pins a message for a duration; 0 unpins it.
func (s *Session) PinMessage(ctx context.Context, m chat.Message, d time.Duration) error {
	if err := s.hasGone(ctx, m); err != nil {
		return err
	}
	return s.act(ctx, func() error { return s.account.Pin(ctx, m, d) })
}

// EditMessage replaces the text or caption of an own message and returns the
// edited message.
func (s *Session) EditMessage(ctx context.Context, m chat.Message, text string, mentions []chat.ID) (chat.Message, error) {
	if err := s.hasGone(ctx, m); err != nil {
		return chat.Message{}, err
	}
	err := s.act(ctx, func() error {
		_, err := s.account.Edit(ctx, m, text, mentions)
		return err
	})
	if err != nil {
		return chat.Message{}, err
	}
	return s.store.Message(ctx, m.Chat, m.Stanza)
}

// RevokeMessage deletes a message for everyone and returns it as it was before. One that
// waits to be sent is just removed. viewers are the audience of a status.
func (s *Session) RevokeMessage(ctx context.Context, m chat.Message, viewers ...chat.ID) (chat.Message, error) {
	if m.FromMe && m.Ack == chat.AckPending {
		if err := s.CancelSend(ctx, m); !errors.Is(err, chat.ErrNotFound) {
			return m, err
		}
	}
	err := s.act(ctx, func() error {
		_, err := s.account.Revoke(ctx, m, viewers...)
		return err
	})
	return m, err
}

// Picture fetches the URL of a chat's picture from WhatsApp and caches it.
func (s *Session) Picture(ctx context.Context, id chat.ID) (chat.Picture, error) {
	var p chat.Picture
	err := s.act(ctx, func() error {
		url, err := s.account.Picture(ctx, id)
		if err != nil {
			return err
		}
		p = chat.Picture{URL: url, FetchedAt: time.Now().Unix()}
		return s.store.SavePicture(ctx, id, p)
	})
	return p, err
}

// Download writes a message's media to f, decrypted and verified.
func (s *Session) Download(ctx context.Context, m chat.Message, f chat.File) error {
	return s.act(ctx, func() error { return s.account.Download(ctx, m, f) })
}
