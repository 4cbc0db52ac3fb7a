package whatsapp

import (
	"context"
	"database/sql"
	"errors"

	"go.mau.fi/util/dbutil"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
)

// decryption is what is known within the transaction of a decryption, which no
// other writer can interrupt.
type decryption struct {
	// sender is the address whose session was advanced.
	sender string
	// read is a session that was read and not used yet.
	read *readSession
	checked
}

type readSession struct {
	address string
	session []byte
}

// checked remembers an identity that was read from the store.
type checked struct{ identity *storedIdentity }

type storedIdentity struct {
	address string
	key     [32]byte
}

type decryptionKey struct{}

func withDecryption(ctx context.Context) context.Context {
	return context.WithValue(ctx, decryptionKey{}, &decryption{})
}

// decryptionOf returns the decryption that ctx belongs to, or one that nobody
// else sees.
func decryptionOf(ctx context.Context) *decryption {
	if d, ok := ctx.Value(decryptionKey{}).(*decryption); ok {
		return d
	}
	return &decryption{}
}

// checkedOf returns what was read for the decryption or the message that ctx belongs
// to; what nobody else sees if it belongs to none.
func checkedOf(ctx context.Context) *checked {
	if d, ok := ctx.Value(departureKey{}).(*departure); ok {
		return &d.checked
	}
	return &decryptionOf(ctx).checked
}

// sessions spares decryptions a query: libsignal asks whether there is a session,
// and then reads it.
type sessions struct {
	store.SessionStore
	db *dbutil.Database
}

// HasSession reports whether there is a session.
func (s sessions) HasSession(ctx context.Context, address string) (bool, error) {
	session, err := s.SessionStore.GetSession(ctx, address)
	if err != nil || session == nil {
		return false, err
	}
	decryptionOf(ctx).read = &readSession{address, session}
	return true, nil
}

// GetSession returns a session; nil if there is none.
func (s sessions) GetSession(ctx context.Context, address string) ([]byte, error) {
	d := decryptionOf(ctx)
	read := d.read
	d.read = nil
	if read != nil && read.address == address {
		return read.session, nil
	}
	return s.SessionStore.GetSession(ctx, address)
}

// PutSession stores a session.
func (s sessions) PutSession(ctx context.Context, address string, session []byte) error {
	d := decryptionOf(ctx)
	d.sender, d.read = address, nil
	return s.SessionStore.PutSession(ctx, address, session)
}

// DeleteSession deletes a session.
func (s sessions) DeleteSession(ctx context.Context, address string) error {
	decryptionOf(ctx).read = nil
	return s.SessionStore.DeleteSession(ctx, address)
}

// identities spares each decryption and encryption a write: libsignal checks the other
// side's identity, and then stores it again.
type identities struct {
	store.IdentityStore
	db     *dbutil.Database
	device types.JID
}

// IsTrustedIdentity reports whether an address has this identity, or none yet.
func (i identities) IsTrustedIdentity(ctx context.Context, address string, key [32]byte) (bool, error) {
	var stored []byte
	err := i.db.QueryRow(ctx, `SELECT identity FROM whatsmeow_identity_keys WHERE our_jid = $1 AND their_id = $2`, i.device, address).Scan(&stored)
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	if err != nil || len(stored) != len(key) || [32]byte(stored) != key {
		return false, err
	}
	checkedOf(ctx).identity = &storedIdentity{address, key}
	return true, nil
}

// PutIdentity stores an identity.
func (i identities) PutIdentity(ctx context.Context, address string, key [32]byte) error {
	c := checkedOf(ctx)
	if c.identity != nil && *c.identity == (storedIdentity{address, key}) {
		return nil
	}
	c.identity = nil
	return i.IdentityStore.PutIdentity(ctx, address, key)
}

// DeleteIdentity deletes an identity.
func (i identities) DeleteIdentity(ctx context.Context, address string) error {
	checkedOf(ctx).identity = nil
	return i.IdentityStore.DeleteIdentity(ctx, address)
}
