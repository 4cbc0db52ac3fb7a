package whatsapp

import (
	"context"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// SendRead sends read receipts for the messages of others in a chat, one per
// sender.
func (a *Account) SendRead(ctx context.Context, id chat.ID, messages []chat.Message) error {
	c, err := a.online()
	if err != nil {
		return err
	}
	var order []chat.ID
	bySender := map[chat.ID][]types.MessageID{}
	for _, m := range messages {
		if m.FromMe {
			continue
		}
		if _, seen := bySender[m.Participant]; !seen {
			order = append(order, m.Participant)
		}
		bySender[m.Participant] = append(bySender[m.Participant], m.OnWire())
	}
	for _, sender := range order {
		if err := c.MarkRead(ctx, bySender[sender], time.Now(), jid.Of(id), jid.Of(sender)); err != nil {
			return fmt.Errorf("sending read receipts: %w", failure(err))
		}
	}
	return nil
}
