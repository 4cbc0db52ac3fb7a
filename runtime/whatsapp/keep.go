package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow"

	"github.com/wasession/wasession/runtime/chat"
)

// keep writes down what an event means. It fails only for reasons that may
// pass: what the store can never take, because of what a contact wrote, is kept
// as a message that shows nothing, so that it holds up nothing else.
func (a *Account) keep(changes []chat.Change) error {
	err := a.apply(a.ctx, changes...)
	if !errors.Is(err, chat.ErrUnstorable) {
		return err
	}
	for _, c := range changes {
		err := a.apply(a.ctx, c)
		if errors.Is(err, chat.ErrUnstorable) {
			a.log.Error("A change cannot be stored; it is kept without its content", "change", fmt.Sprintf("%T", c), "error", err)
			err = a.keepOpaque(c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keepOpaque keeps that a message came, and nothing of what is in it.
func (a *Account) keepOpaque(c chat.Change) error {
	received, ok := c.(chat.MessageReceived)
	if !ok {
		return nil
	}
	err := a.apply(a.ctx, chat.MessageReceived{Message: opaque(received.Message)})
	if errors.Is(err, chat.ErrUnstorable) {
		a.log.Error("A message cannot be stored at all and is left out", "error", err)
		return nil
	}
	return err
}

// opaque is a message without its content.
func opaque(m chat.Message) chat.Message {
	return chat.Message{
		Chat: m.Chat, Arrived: m.Arrived, Stanza: m.Stanza, FromMe: m.FromMe, Participant: m.Participant,
		Timestamp: m.Timestamp, Ack: m.Ack, Type: chat.TypeOther,
	}
}

// announce writes down a history notice inside its decryption. After an error that
// is no cancellation the engine would acknowledge a notice that nobody holds; so
// the decryption is cancelled, and the notice comes again.
func (a *Account) announce(ctx context.Context, c chat.HistoryAnnounced) error {
	err := a.apply(context.WithoutCancel(ctx), c)
	if err == nil || errors.Is(err, errHeld) {
		return err
	}
	a.log.Error("A history notice could not be stored", "error", err)
	a.askAgain(a.current())
	return fmt.Errorf("%w (%w)", err, context.Canceled)
}

// How long after a failed commit the connection is renewed, which makes WhatsApp
// deliver again what was not acknowledged. Failures that follow one another wait
// twice as long each time; after a quiet time the first wait is short again.
const (
	redeliverFirst = 5 * time.Second
	redeliverMost  = 5 * time.Minute
	redeliverQuiet = 2 * redeliverMost
)

// redelivery says when to ask for what could not be written down.
type redelivery struct {
	timer *time.Timer
	wait  time.Duration
	last  time.Time
}

// next is the time to wait after a failure at now.
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

// askAgain renews the connection in a while, once for any number of failures.
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
