package session

import (
	"context"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// NewMessageID makes an id for a message to be sent.
func (s *Session) NewMessageID() string { return s.account.NewMessageID() }

// Send sends a message. It is in the store, PENDING, before it leaves, and its
// ack follows what WhatsApp says; the message returned is as it is then. With
// ErrUnanswered it may have left: it is returned as well.
func (s *Session) Send(ctx context.Context, o chat.Outgoing) (m chat.Message, err error) {
	err = s.act(ctx, func() error {
		m, err = s.account.Send(ctx, o)
		return err
	})
	return m, err
}

// React sets the account's reaction to a message; an empty text takes it back.
// It returns the reaction as a message.
func (s *Session) React(ctx context.Context, m chat.Message, text string) (reaction chat.Message, err error) {
	err = s.act(ctx, func() error {
		reaction, err = s.account.React(ctx, m, text)
		return err
	})
	return reaction, err
}

// Star sets or takes the star of a message, here and on the phone.
func (s *Session) Star(ctx context.Context, m chat.Message, starred bool) error {
	err := s.act(ctx, func() error { return s.account.Star(ctx, m, starred) })
	if err != nil {
		return err
	}
	return s.keep(ctx, chat.Starred{Chat: m.Chat, Stanza: m.Stanza, Starred: starred})
}

// Show tells a chat what the account's person is doing there.
func (s *Session) Show(ctx context.Context, id chat.ID, doing chat.Doing) error {
	return s.act(ctx, func() error { return s.account.Show(ctx, id, doing) })
}

// SetOnline shows the account as online or not.
func (s *Session) SetOnline(ctx context.Context, online bool) error {
	return s.act(ctx, func() error { return s.account.SetOnline(ctx, online) })
}

// askPatience bounds questions to WhatsApp that somebody waits for.
const askPatience = 20 * time.Second

// ask runs a question to WhatsApp.
func (s *Session) ask(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	return s.act(ctx, func() error { return do(ctx) })
}

// Lookup asks whether a number (digits) has an account; the empty id says no.
func (s *Session) Lookup(ctx context.Context, number string) (id chat.ID, err error) {
	err = s.ask(ctx, func(ctx context.Context) error {
		id, err = s.account.Lookup(ctx, number)
		return err
	})
	return id, err
}

// About asks for a person's own words about themselves.
func (s *Session) About(ctx context.Context, id chat.ID) (about string, err error) {
	err = s.ask(ctx, func(ctx context.Context) error {
		about, err = s.account.About(ctx, id)
		return err
	})
	return about, err
}

// Block keeps a person from writing to the account, or lets them again.
func (s *Session) Block(ctx context.Context, id chat.ID, blocked bool) error {
	return s.ask(ctx, func(ctx context.Context) error { return s.account.Block(ctx, id, blocked) })
}

// RefreshGroups reads all groups of the account anew.
func (s *Session) RefreshGroups(ctx context.Context) error {
	return s.ask(ctx, s.account.ReadGroups)
}
