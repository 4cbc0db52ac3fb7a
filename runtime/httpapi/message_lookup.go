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

// messageOf is a message of a chat. A full id that names another chat than the
// request finds nothing.
func (a *API) messageOf(ctx context.Context, id chat.ID, named anyMessageID) (chat.Message, error) {
	m, err := a.message(ctx, id, named)
	if err != nil || m.Chat == id || m.Arrived == id {
		return m, err
	}
	c, err := a.Reader.Chat(ctx, id)
	if errors.Is(err, chat.ErrNotFound) || err == nil && c.ID != m.Chat {
		err = errNoMessage
	}
	return m, err
}
