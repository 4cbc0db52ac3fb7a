package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow"

	"github.com/wasession/wasession/runtime/chat"
)

// keep stores the changes of an event. Its errors are temporary: a message whose
// content can never be stored is stored without it, so that it does not block
// what follows.
func (a *Account) keep(changes []chat.Change) error {
	err := a.apply(a.ctx, changes...)
	if !errors.Is(err, chat.ErrUnstorable) {
		return err
	}
	for _, c := range changes {
		err := a.apply(a.ctx, c)
		if errors.Is(err, chat.ErrUnstorable) {
			a.log.Error("A change cannot be stored; storing it without its content", "change", fmt.Sprintf("%T", c), "error", err)
			err = a.keepOpaque(c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keepOpaque stores a message without its content.
func (a *Account) keepOpaque(c chat.Change) error {
	received, ok := c.(chat.MessageReceived)
	if !ok {
		return nil
	}
	err := a.apply(a.ctx, chat.MessageReceived{Message: opaque(received.Message)})
	if errors.Is(err, chat.ErrUnstorable) {
		a.log.Error("A message cannot be stored and is skipped", "error", err)
		return nil
	}
	return err
}

// opaque returns a message without its content.
func opaque(m chat.Message) chat.Message {
	return chat.Message{
		Chat: m.Chat, Arrived: m.Arrived, Stanza: m.Stanza, FromMe: m.FromMe, Participant: m.Participant,
		Timestamp: m.Timestamp, Ack: m.Ack, Type: chat.TypeOther,
	}
}

// announce stores a history notification during its decryption. On failure it
// returns a cancellation: whatsmeow then rolls the decryption back, and the
// notification is delivered again. After any other error it would be
// acknowledged and lost.
func (a *Account) announce(ctx context.Context, c chat.HistoryAnnounced) error {
	err := a.apply(context.WithoutCancel(ctx), c)
	if err == nil || errors.Is(err, errHeld) {
		return err
	}
	a.log.Error("Failed to store a history notification", "error", err)
	a.askAgain(a.current())
	return fmt.Errorf("%w (%w)", err, context.Canceled)
}

// How long after a failed commit the connection is renewed, which makes WhatsApp
// deliver again what was not acknowledged. The delay doubles with each failure
// and is reset after a time without any.
const (
	redeliverFirst = 5 * time.Second
	redeliverMost  = 5 * time.Minute
	redeliverQuiet = 2 * redeliverMost
)

// redelivery schedules the next redelivery of what could not be stored.
type redelivery struct {
	timer *time.Timer
	wait  time.Duration
	last  time.Time
}

// next returns the delay after a failure at now.
func (r *redelivery) next(now time.Time) time.Duration {
	switch {
	case r.wait == 0 || now.Sub(r.last) > redeliverQuiet:
		r.wait = redeliverFirst
	default:
		r.wait = min(2*r.wait, redeliverMost)
	}
	r.last = now
	return r.wait
}

// askAgain schedules a reconnect, one for any number of failures.
func (a *Account) askAgain(c *whatsmeow.Client) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed || a.redeliver.timer != nil {
		return
	}
	a.redeliver.timer = time.AfterFunc(a.redeliver.next(time.Now()), func() {
		a.mu.Lock()
		a.redeliver.timer = nil
		closed := a.closed
		a.mu.Unlock()
		if !closed {
			c.ResetConnection()
		}
	})
}
