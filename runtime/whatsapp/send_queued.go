package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
)

// Queue stores a message as PENDING, to be sent later by SendQueued. Its file is
// uploaded now. It is not for channels and statuses.
func (a *Account) Queue(ctx context.Context, o chat.Outgoing) (chat.Message, error) {
	c, err := a.online()
	if err != nil {
		return chat.Message{}, err
	}
	msg, _, err := a.compose(ctx, c, &o)
	if err != nil {
		return chat.Message{}, err
	}
	row, err := a.pendingRow(o, msg)
	if err != nil {
		return chat.Message{}, err
	}
	return row, a.apply(context.WithoutCancel(ctx), chat.SendQueued{Message: row})
}

// SendQueued sends a stored message under its ID, and returns WhatsApp's time. It stores
// nothing itself, but a late answer after ErrUnanswered.
func (a *Account) SendQueued(ctx context.Context, m chat.Message) (time.Time, error) {
	c, err := a.online()
	if err != nil {
		return time.Time{}, err
	}
	if err := a.reachable(ctx, c, m.Chat); err != nil {
		return time.Time{}, err
	}
	msg := &waE2E.Message{}
	if err := proto.Unmarshal(m.Raw, msg); err != nil {
		return time.Time{}, fmt.Errorf("%w: the stored message cannot be read: %w", chat.ErrRefused, err)
	}
	at, err := a.transmit(ctx, c, m.Chat, m.Stanza, msg, "")
	if errors.Is(err, chat.ErrUnanswered) {
		a.awaitLate(c, m)
	}
	return at, err
}
