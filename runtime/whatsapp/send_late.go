package whatsapp

import (
	"context"
	"time"

	"go.mau.fi/whatsmeow"

	"github.com/wasession/wasession/runtime/chat"
)

// latePatience is how long to wait for a late answer.
const latePatience = 10 * time.Minute

// awaitLate waits for the late answer to a message and stores it. It ends with
// the connection: WhatsApp answers only on the one a message was sent on.
func (a *Account) awaitLate(c *whatsmeow.Client, row chat.Message) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return
	}
	answer := c.DangerousInternals().WaitResponse(row.Stanza)
	a.late.Go(func() {
		late := time.NewTimer(latePatience)
		defer late.Stop()
		select {
		case node := <-answer:
			if node == nil || node.Tag != "ack" {
				return // the connection has ended
			}
			attrs := node.AttrGetter()
			row.Ack = chat.AckServer
			if attrs.OptionalInt("error") != 0 {
				row.Ack = chat.AckError
			}
			if err := a.apply(context.WithoutCancel(a.ctx), acked(row, attrs.UnixTime("t"))); err != nil {
				a.log.Error("Failed to store a late answer", "error", err)
			}
		case <-late.C:
			c.DangerousInternals().CancelResponse(row.Stanza, answer)
		case <-a.ctx.Done():
		}
	})
}
