package session

import (
	"context"
	"errors"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// NewMessageID generates an id for a message to be sent.
func (s *Session) NewMessageID() string { return s.account.NewMessageID() }

// Send stores a message as PENDING, sends it and returns it with the ack that
// WhatsApp's answer gave it. With ErrUnanswered it may have been sent, and is
// returned too. A message beyond the limits of the configuration is returned as
// PENDING, and sent later.
func (s *Session) Send(ctx context.Context, o chat.Outgoing) (m chat.Message, err error) {
	if err := s.awaitWorking(ctx); err != nil {
		return m, err
	}
	waits, err := s.mustWait(ctx, o.To)
	if err != nil {
		return m, err
	}
	send := s.account.Send
	if waits {
		send = s.account.Queue
		defer s.sending.look()
	}
	err = s.act(ctx, func() error {
		m, err = send(ctx, o)
		return err
	})
	if !waits && errors.As(err, new(chat.Limited)) {
		s.sending.pause(time.Now())
	}
	return m, err
}

// React sets the account's reaction to a message; an empty text removes it. It
// returns the reaction as a message.
func (s *Session) React(ctx context.Context, m chat.Message, text string) (reaction chat.Message, err error) {
	if err := s.hasGone(ctx, m); err != nil {
		return chat.Message{}, err
	}
	err = s.act(ctx, func() error {
		reaction, err = s.account.React(ctx, m, text)
		return err
	})
	return reaction, err
}

// Vote chooses options of a poll and returns the vote as a message.
func (s *Session) Vote(ctx context.Context, poll chat.Message, options []string) (vote chat.Message, err error) {
	err = s.act(ctx, func() error {
		vote, err = s.account.Vote(ctx, poll, options)
		return err
	})
	return vote, err
}

// Star stars or unstars a message, here and on the phone.
func (s *Session) Star(ctx context.Context, m chat.Message, starred bool) error {
	err := s.act(ctx, func() error { return s.account.Star(ctx, m, starred) })
	if err != nil {
		return err
	}
	return s.keep(ctx, chat.Starred{Chat: m.Chat, Stanza: m.Stanza, Starred: starred})
}

// Show shows in a chat what the user is doing there.
func (s *Session) Show(ctx context.Context, id chat.ID, doing chat.Doing) error {
	return s.act(ctx, func() error { return s.account.Show(ctx, id, doing) })
}

// SetOnline shows the account as online or offline.
func (s *Session) SetOnline(ctx context.Context, online bool) error {
	return s.act(ctx, func() error { return s.account.SetOnline(ctx, online) })
}

// askPatience is the time limit for queries to WhatsApp.
const askPatience = 20 * time.Second

// ask runs a query to WhatsApp.
func (s *Session) ask(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	return s.act(ctx, func() error { return do(ctx) })
}

// Lookup returns the id of a number (digits); empty if it has no account.
func (s *Session) Lookup(ctx context.Context, number string) (id chat.ID, err error) {
	err = s.ask(ctx, func(ctx context.Context) error {
		id, err = s.account.Lookup(ctx, number)
		return err
	})
	return id, err
}

// About returns a person's "about" text.
func (s *Session) About(ctx context.Context, id chat.ID) (about string, err error) {
	err = s.ask(ctx, func(ctx context.Context) error {
		about, err = s.account.About(ctx, id)
		return err
	})
	return about, err
}

// Block blocks or unblocks a person.
func (s *Session) Block(ctx context.Context, id chat.ID, blocked bool) error {
	return s.ask(ctx, func(ctx context.Context) error { return s.account.Block(ctx, id, blocked) })
}
