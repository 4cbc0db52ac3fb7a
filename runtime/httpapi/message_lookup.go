package httpapi

import (
	"context"
	"errors"

	"github.com/wasession/wasession/runtime/chat"
)

var errNoMessage = notFound("Message not found")

// message finds a message: by its full id, or by its stanza id in a chat, or in
// any chat where that is empty.
func (a *API) message(ctx context.Context, in chat.ID, id anyMessageID) (m chat.Message, err error) {
	if id.full {
		m, err = a.Reader.MessageByID(ctx, id.MessageID)
	} else {
		m, err = a.Reader.Message(ctx, in, id.Stanza)
	}
	if errors.Is(err, chat.ErrNotFound) {
		err = errNoMessage
	}
	return m, err
}

// messageOf is a message of a chat, or of any where id is empty. A full id that names
// another chat than the request finds nothing.
func (a *API) messageOf(ctx context.Context, id chat.ID, named anyMessageID) (chat.Message, error) {
	m, err := a.message(ctx, id, named)
	if err != nil || id == "" || m.Chat == id || m.Arrived == id {
		return m, err
	}
	c, err := a.Reader.Chat(ctx, id)
	if errors.Is(err, chat.ErrNotFound) || err == nil && c.ID != m.Chat {
		err = errNoMessage
	}
	return m, err
}

// referred is a message to reply or react to. WhatsApp is told nothing of it but its
// ID and its sender, so it need not be stored if the ID says both.
func (a *API) referred(ctx context.Context, in chat.ID, id anyMessageID) (chat.Message, error) {
	m, err := a.message(ctx, in, id)
	if errors.Is(err, errNoMessage) && id.full {
		return a.unstored(ctx, id.Chat, id)
	}
	return m, err
}

// unstored is a message of a chat of which nothing but the ID is known. A bare ID is
// taken for that of a received message.
func (a *API) unstored(ctx context.Context, in chat.ID, id anyMessageID) (chat.Message, error) {
	m := chat.Message{Chat: a.destination(ctx, in), Stanza: id.Stanza, FromMe: id.FromMe, Participant: id.Participant}
	switch {
	case id.full && id.Chat != in && a.destination(ctx, id.Chat) != m.Chat, // another chat
		m.Chat.Kind() == chat.KindNewsletter,
		m.Chat.HasParticipants() && !m.FromMe && m.Participant == "":
		return chat.Message{}, errNoMessage
	case !m.Chat.HasParticipants():
		m.Participant = ""
	}
	return m, nil
}
