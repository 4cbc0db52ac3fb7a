package whatsapp

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.mau.fi/util/dbutil"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
)

// eventBuffer is whatsmeow's buffer of decrypted events: a message that was
// decrypted but not handled before a crash is handled when it is delivered again.
//
// It knows which events have a row, so that looking for one that is not there,
// which whatsmeow does for every message, takes no query. The row of a handled
// event is deleted in the transaction of the next decryption rather than in one of
// its own. A handled event that is delivered once more has an old counter in its
// Signal session, by which whatsmeow recognises it.
type eventBuffer struct {
	store.EventBuffer
	db     *dbutil.Database
	gate   *historyGate
	dev    *store.Device
	device types.JID

	mu sync.Mutex
	// waiting are the events with a row, and some whose transaction failed. done
	// are the handled ones whose row is deleted next.
	waiting, done map[eventHash]struct{}
}

// eventHash identifies an event by its ciphertext.
type eventHash = [32]byte

// newEventBuffer returns the buffer of a linked device.
func newEventBuffer(ctx context.Context, db *dbutil.Database, gate *historyGate, dev *store.Device) (*eventBuffer, error) {
	b := &eventBuffer{
		EventBuffer: dev.EventBuffer, db: db, gate: gate, dev: dev, device: dev.GetJID(),
		waiting: map[eventHash]struct{}{}, done: map[eventHash]struct{}{},
	}
	return b, b.load(ctx)
}

// load reads which events wait to be handled.
func (b *eventBuffer) load(ctx context.Context) error {
	rows, err := b.db.Query(ctx, `SELECT ciphertext_hash FROM whatsmeow_event_buffer WHERE our_jid = $1 AND plaintext IS NOT NULL`, b.device)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var hash []byte
		if err := rows.Scan(&hash); err != nil {
			return err
		}
		b.waiting[eventHash(hash)] = struct{}{}
	}
	return rows.Err()
}

// GetBufferedEvent returns an event that was decrypted before; nil if there is
// none.
func (b *eventBuffer) GetBufferedEvent(ctx context.Context, hash eventHash) (*store.BufferedEvent, error) {
	b.mu.Lock()
	_, waiting := b.waiting[hash]
	_, done := b.done[hash]
	b.mu.Unlock()
	switch {
	case done:
		return &store.BufferedEvent{}, nil // without plaintext: handled already
	case waiting:
		return b.EventBuffer.GetBufferedEvent(ctx, hash)
	}
	return nil, nil
}

// DoDecryptionTxn runs a decryption in a transaction, which also deletes the rows
// of handled events.
func (b *eventBuffer) DoDecryptionTxn(ctx context.Context, fn func(context.Context) error) error {
	var deleted []eventHash
	err := b.EventBuffer.DoDecryptionTxn(ctx, func(ctx context.Context) (err error) {
		if deleted, err = b.deleteDone(ctx); err != nil {
			return err
		}
		return fn(withDecryption(ctx))
	})
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, hash := range deleted {
		delete(b.done, hash)
	}
	return nil
}

// PutBufferedEvent stores a decrypted event. A history notification from the own
// phone is announced first; from anybody else it is ignored.
func (b *eventBuffer) PutBufferedEvent(ctx context.Context, hash eventHash, plaintext []byte, serverTime time.Time) error {
	if b.isOwnPhone(decryptionOf(ctx).sender) {
		if notice := historyNotice(plaintext); notice != nil {
			if err := b.gate.announce(ctx, announcement(notice)); err != nil {
				return fmt.Errorf("store history notification: %w", err)
			}
		}
	}
	// Before the commit: an event that is missing here would be lost.
	b.mu.Lock()
	b.waiting[hash] = struct{}{}
	b.mu.Unlock()
	return b.EventBuffer.PutBufferedEvent(ctx, hash, plaintext, serverTime)
}

func (b *eventBuffer) isOwnPhone(address string) bool {
	return isPhoneOf(address, b.dev.GetJID()) || isPhoneOf(address, b.dev.GetLID())
}

// ClearBufferedEventPlaintext marks an event as handled.
func (b *eventBuffer) ClearBufferedEventPlaintext(_ context.Context, hash eventHash) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.waiting, hash)
	b.done[hash] = struct{}{}
	return nil
}

// deleteDone deletes the rows of handled events and returns which.
func (b *eventBuffer) deleteDone(ctx context.Context) ([]eventHash, error) {
	b.mu.Lock()
	hashes := make([]eventHash, 0, len(b.done))
	for hash := range b.done {
		hashes = append(hashes, hash)
	}
	b.mu.Unlock()
	for _, hash := range hashes {
		if _, err := b.db.Exec(ctx, `DELETE FROM whatsmeow_event_buffer WHERE our_jid = $1 AND ciphertext_hash = $2`, b.device, hash[:]); err != nil {
			return nil, err
		}
	}
	return hashes, nil
}

// flush deletes the rows of handled events now.
func (b *eventBuffer) flush(ctx context.Context) error {
	return b.DoDecryptionTxn(ctx, func(context.Context) error { return nil })
}
