package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// Connect opens a new connection after closing the current one, with a new
// device if none is linked. A paired device that loses the connection, or cannot
// reach WhatsApp, reconnects automatically.
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
	// This context covers the events of the connection, including whatsmeow's own
	// reconnects, until Disconnect.
	ctx, hangUp := context.WithCancel(a.ctx)
	a.hangUp = hangUp
	a.mu.Unlock()
	if err := c.ConnectContext(ctx); err != nil {
		hangUp()
		if _, often := isOften(err); often {
			a.turn(c, Throttled{})
			return nil
		}
		return fmt.Errorf("connect to WhatsApp: %w", err)
	}
	return nil
}

// renew creates a new client while nothing is linked: goroutines of the previous
// connection may still read the previous client's device. The caller holds a.mu.
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

// Disconnect closes the connection, or aborts a dial, and stops reconnecting.
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

// Rest gives back the memory of what can be read from the database again.
func (a *Account) Rest() { a.db.lids.forget() }

// Close stops taking events, waits for those in progress, disconnects and closes
// the database. It takes a few seconds at most, even while dialling.
func (a *Account) Close() error {
	a.mu.Lock()
	a.closed = true
	if a.redeliver.timer != nil {
		a.redeliver.timer.Stop()
	}
	c := a.client
	a.mu.Unlock()
	// Events that finish within the grace period are acknowledged. WhatsApp
	// delivers the others again.
	within(closeGrace, a.handling.Wait)
	within(dialGrace, c.Disconnect)
	a.cancel()
	c.Disconnect()
	a.handling.Wait()
	a.late.Wait()
	ctx := context.WithoutCancel(a.ctx)
	return errors.Join(a.db.flush(ctx), a.db.checkpoint(ctx), a.db.close())
}

// How long Close waits for events in progress, and for a dial to end.
const (
	closeGrace = 3 * time.Second
	dialGrace  = 500 * time.Millisecond
)

// within waits for f, for at most d.
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
