package whatsapp

import (
	"context"
	"time"

	"go.mau.fi/whatsmeow"

	"github.com/wasession/wasession/runtime/chat"
)

// latePatience is how long an answer that did not come in time is waited for.
const latePatience = 10 * time.Minute

// awaitLate writes down the answer to a message if it comes after all. It ends
// with the connection: WhatsApp answers on the one a message left by.
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
				a.log.Error("A late answer could not be written down", "error", err)
			}
		case <-late.C:
			c.DangerousInternals().CancelResponse(row.Stanza, answer)
		case <-a.ctx.Done():
		}
	})
}
