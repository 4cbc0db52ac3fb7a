package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// Connect begins a new connection, of a new device where none is linked. A
// connection there was is ended. A paired device that loses the connection, or
// cannot reach WhatsApp, goes on trying by itself.
func (a *Account) Connect() error {
	a.Disconnect()
	a.mu.Lock()
	if a.closed {
		a.mu.Unlock()
		return chat.ErrNotConnected
	}
	if err := a.renew(); err != nil {
		a.mu.Unlock()
		return err
	}
	c := a.client
	// What the connection brings is handled under its context, through all of
	// the engine's own reconnecting, until it is hung up.
	ctx, hangUp := context.WithCancel(a.ctx)
	a.hangUp = hangUp
	a.mu.Unlock()
	if err := c.ConnectContext(ctx); err != nil {
		hangUp()
		return fmt.Errorf("connect to WhatsApp: %w", err)
	}
	return nil
}

// renew makes a new client while nothing is linked: the engine's goroutines of
// the connection before may still look at the device of the client before. The
// caller holds a.mu.
func (a *Account) renew() error {
	load := a.db.device
	switch {
	case a.gone:
		load = a.db.renew
	case a.me.ID != "":
		return nil
	}
	dev, err := load(a.ctx)
	if err != nil {
		return err
	}
	return a.adopt(dev)
}

// Disconnect ends the connection, or a dial that is under way; nothing
// reconnects by itself after it.
func (a *Account) Disconnect() {
	a.mu.Lock()
	c, hangUp := a.client, a.hangUp
	a.hangUp = nil
	a.mu.Unlock()
	within(dialGrace, c.Disconnect)
	if hangUp != nil {
		hangUp()
	}
	c.Disconnect()
}

// Close takes no more events, waits for those under way, disconnects and closes
// the database. It takes a few seconds at most, also in the middle of dialling.
func (a *Account) Close() error {
	a.mu.Lock()
	a.closed = true
	if a.redeliver.timer != nil {
		a.redeliver.timer.Stop()
	}
	c := a.client
	a.mu.Unlock()
	// What is under way gets the chance to be acknowledged; what takes longer
	// is not acknowledged, and WhatsApp brings it again.
	within(closeGrace, a.handling.Wait)
	within(dialGrace, c.Disconnect)
	a.cancel()
	c.Disconnect()
	a.handling.Wait()
	a.late.Wait()
	return errors.Join(a.db.checkpoint(context.WithoutCancel(a.ctx)), a.db.close())
}

// How long Close waits for events under way, and for a dial to end by itself.
const (
	closeGrace = 3 * time.Second
	dialGrace  = 500 * time.Millisecond
)

// within waits for f, at most for a time.
func within(d time.Duration, f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(d):
	}
}
