package whatsapp

import (
	"context"
	"database/sql"
	"errors"
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
// Signal session, by which whatsmeow recognises it. The rows are in a table of their
// own without an index, so that writing one takes one page.
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
	// pruned is when old outgoing events were deleted last.
	pruned time.Time
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

// createEventBuffer creates the table of the buffer.
func createEventBuffer(ctx context.Context, db *dbutil.Database) error {
	_, err := db.Exec(ctx, `CREATE TABLE IF NOT EXISTS wasession_event_buffer (
		our_jid     TEXT NOT NULL REFERENCES whatsmeow_device (jid) ON DELETE CASCADE ON UPDATE CASCADE,
		hash        BLOB NOT NULL,
		plaintext   BLOB NOT NULL,
		server_time INTEGER NOT NULL, -- unix seconds
		stored_at   INTEGER NOT NULL, -- unix seconds
		PRIMARY KEY (our_jid, hash)
	) STRICT, WITHOUT ROWID`)
	return err
}

// load reads which events wait to be handled. Those that an earlier version left in
// whatsmeow's own table are moved.
func (b *eventBuffer) load(ctx context.Context) error {
	return b.db.DoTxn(ctx, nil, func(ctx context.Context) error {
		if _, err := b.db.Exec(ctx, `INSERT OR IGNORE INTO wasession_event_buffer (our_jid, hash, plaintext, server_time, stored_at)
			SELECT our_jid, ciphertext_hash, plaintext, server_timestamp, insert_timestamp / 1000 FROM whatsmeow_event_buffer
			WHERE our_jid = $1 AND plaintext IS NOT NULL`, b.device); err != nil {
			return err
		}
		if _, err := b.db.Exec(ctx, `DELETE FROM whatsmeow_event_buffer WHERE our_jid = $1`, b.device); err != nil {
			return err
		}
		rows, err := b.db.Query(ctx, `SELECT hash FROM wasession_event_buffer WHERE our_jid = $1`, b.device)
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
	})
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
		return b.read(ctx, hash)
	}
	return nil, nil
}

func (b *eventBuffer) read(ctx context.Context, hash eventHash) (*store.BufferedEvent, error) {
	var event store.BufferedEvent
	var serverTime, storedAt int64
	err := b.db.QueryRow(ctx, `SELECT plaintext, server_time, stored_at FROM wasession_event_buffer WHERE our_jid = $1 AND hash = $2`,
		b.device, hash[:]).Scan(&event.Plaintext, &serverTime, &storedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	event.ServerTime, event.InsertTime = time.Unix(serverTime, 0), time.Unix(storedAt, 0)
	return &event, err
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

// PutBufferedEvent stores a decrypted event.
func (b *eventBuffer) PutBufferedEvent(ctx context.Context, hash eventHash, plaintext []byte, serverTime time.Time) error {
	if err := b.announceHistory(ctx, plaintext); err != nil {
		return err
	}
	// Before the commit: an event that is missing here would be lost.
	b.mu.Lock()
	b.waiting[hash] = struct{}{}
	b.mu.Unlock()
	_, err := b.db.Exec(ctx, `INSERT INTO wasession_event_buffer (our_jid, hash, plaintext, server_time, stored_at) VALUES ($1, $2, $3, $4, $5)`,
		b.device, hash[:], plaintext, serverTime.Unix(), time.Now().Unix())
	return err
}

// announceHistory announces a history notification from the own phone; from anybody
// else it is ignored.
func (b *eventBuffer) announceHistory(ctx context.Context, plaintext []byte) error {
	if !b.isOwnPhone(decryptionOf(ctx).sender) {
		return nil
	}
	notice := historyNotice(plaintext)
	if notice == nil {
		return nil
	}
	if err := b.gate.announce(ctx, announcement(notice)); err != nil {
		return fmt.Errorf("store history notification: %w", err)
	}
	return nil
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

// undelivered is how long WhatsApp keeps an event for a device that does not take it.
const undelivered = 14 * 24 * time.Hour

// DeleteOldBufferedHashes deletes events that WhatsApp no longer delivers.
func (b *eventBuffer) DeleteOldBufferedHashes(ctx context.Context) error {
	_, err := b.db.Exec(ctx, `DELETE FROM wasession_event_buffer WHERE our_jid = $1 AND stored_at < $2`, b.device, time.Now().Add(-undelivered).Unix())
	return err
}

// DeleteOldOutgoingEvents deletes messages that nobody asks for again. whatsmeow means to
// call it twice a day, but does so for each message.
func (b *eventBuffer) DeleteOldOutgoingEvents(ctx context.Context) error {
	const often = 12 * time.Hour
	b.mu.Lock()
	due := time.Since(b.pruned) >= often
	if due {
		b.pruned = time.Now()
	}
	b.mu.Unlock()
	if !due {
		return nil
	}
	return b.EventBuffer.DeleteOldOutgoingEvents(ctx)
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
		if _, err := b.db.Exec(ctx, `DELETE FROM wasession_event_buffer WHERE our_jid = $1 AND hash = $2`, b.device, hash[:]); err != nil {
			return nil, err
		}
	}
	return hashes, nil
}

// flush deletes the rows of handled events now.
func (b *eventBuffer) flush(ctx context.Context) error {
	return b.DoDecryptionTxn(ctx, func(context.Context) error { return nil })
}
