package whatsapp

import (
	"context"

	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
)

// departure is what whatsmeow stores for a message before it sends it. It waits for
// the transaction that stores the Signal sessions, which comes last, so that a message
// takes one transaction instead of one for each statement.
type departure struct {
	checked
	waiting []func(context.Context) error
}

type departureKey struct{}

func withDeparture(ctx context.Context) (context.Context, *departure) {
	d := &departure{}
	return context.WithValue(ctx, departureKey{}, d), d
}

// put stores something: with the sessions of the message that ctx belongs to, or now if
// it belongs to none.
func put(ctx context.Context, write func(context.Context) error) error {
	if d, ok := ctx.Value(departureKey{}).(*departure); ok {
		d.waiting = append(d.waiting, write)
		return nil
	}
	return write(ctx)
}

// store stores what waits.
func (d *departure) store(ctx context.Context) error {
	for _, write := range d.waiting {
		if err := write(ctx); err != nil {
			return err
		}
	}
	d.waiting = nil
	return nil
}

// PutManySessions stores the sessions that a message was encrypted with.
func (s sessions) PutManySessions(ctx context.Context, sessions map[string][]byte) error {
	d, ok := ctx.Value(departureKey{}).(*departure)
	if !ok || len(d.waiting) == 0 {
		return s.SessionStore.PutManySessions(ctx, sessions)
	}
	return s.db.DoTxn(ctx, nil, func(ctx context.Context) error {
		if err := d.store(ctx); err != nil {
			return err
		}
		return s.SessionStore.PutManySessions(ctx, sessions)
	})
}

// AddOutgoingEvent stores a message for devices that cannot decrypt it and ask again.
func (b *eventBuffer) AddOutgoingEvent(ctx context.Context, to types.JID, id types.MessageID, format string, plaintext []byte) error {
	return put(ctx, func(ctx context.Context) error {
		return b.EventBuffer.AddOutgoingEvent(ctx, to, id, format, plaintext)
	})
}

// secrets is whatsmeow's store of the secrets of messages.
type secrets struct{ store.MsgSecretStore }

// PutMessageSecret stores the secret of one message.
func (s secrets) PutMessageSecret(ctx context.Context, chat, sender types.JID, id types.MessageID, secret []byte) error {
	return put(ctx, func(ctx context.Context) error {
		return s.MsgSecretStore.PutMessageSecret(ctx, chat, sender, id, secret)
	})
}
