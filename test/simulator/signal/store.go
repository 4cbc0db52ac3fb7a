package signal

import (
	"context"
	"maps"
	"slices"
	"sync"

	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/util/keys"
)

// memory is a Signal key store in memory. The embedded NoopStore does the rest:
// a phone needs no contacts or settings.
type memory struct {
	*store.NoopStore

	mu         sync.Mutex
	sessions   map[string][]byte
	givenUp    map[string]struct{} // addresses whose sessions only decrypt
	senderKeys map[string][]byte
	preKeys    map[uint32][32]byte
	nextPreKey uint32
}

func newMemory() *memory {
	return &memory{
		NoopStore:  &store.NoopStore{},
		sessions:   make(map[string][]byte),
		givenUp:    make(map[string]struct{}),
		senderKeys: make(map[string][]byte),
		preKeys:    make(map[uint32][32]byte),
		nextPreKey: 1,
	}
}

// PutIdentity does nothing: a simulated phone trusts every identity.
func (m *memory) PutIdentity(context.Context, string, [32]byte) error { return nil }

// IsTrustedIdentity always returns true.
func (m *memory) IsTrustedIdentity(context.Context, string, [32]byte) (bool, error) {
	return true, nil
}

// GetSession returns the session with an address, or nil if there is none.
func (m *memory) GetSession(_ context.Context, address string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sessions[address], nil
}

// HasSession reports whether there is a session with an address.
func (m *memory) HasSession(_ context.Context, address string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.sessions[address]
	return ok, nil
}

// PutSession stores a session.
func (m *memory) PutSession(_ context.Context, address string, session []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sessions[address] = session
	return nil
}

// DeleteSession deletes a session.
func (m *memory) DeleteSession(_ context.Context, address string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.sessions, address)
	delete(m.givenUp, address)
	return nil
}

func (m *memory) giveUp(address string, given bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if given {
		m.givenUp[address] = struct{}{}
	} else {
		delete(m.givenUp, address)
	}
}

func (m *memory) isGivenUp(address string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, given := m.givenUp[address]
	return given
}

// PutSenderKey stores the key with which user encrypts in group.
func (m *memory) PutSenderKey(_ context.Context, group, user string, session []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.senderKeys[group+" "+user] = session
	return nil
}

// GetSenderKey returns the key with which user encrypts in group, or nil.
func (m *memory) GetSenderKey(_ context.Context, group, user string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.senderKeys[group+" "+user], nil
}

// GenOnePreKey generates a one-time key.
func (m *memory) GenOnePreKey(context.Context) (*keys.PreKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := keys.NewPreKey(m.nextPreKey)
	m.nextPreKey = m.nextPreKey%0xFFFFFE + 1 // ids are 24 bits on the wire
	m.preKeys[key.KeyID] = *key.Priv
	return key, nil
}

// GetPreKey returns an issued one-time key, or nil.
func (m *memory) GetPreKey(_ context.Context, id uint32) (*keys.PreKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	priv, ok := m.preKeys[id]
	if !ok {
		return nil, nil
	}
	return &keys.PreKey{KeyPair: *keys.NewKeyPairFromPrivateKey(priv), KeyID: id}, nil
}

// RemovePreKey deletes a used one-time key.
func (m *memory) RemovePreKey(_ context.Context, id uint32) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.preKeys, id)
	return nil
}

func (m *memory) snapshot(into *State) {
	m.mu.Lock()
	defer m.mu.Unlock()
	into.Sessions = maps.Clone(m.sessions)
	into.GivenUp = slices.Sorted(maps.Keys(m.givenUp))
	into.SenderKeys = maps.Clone(m.senderKeys)
	into.NextPreKey = m.nextPreKey
	into.PreKeys = make(map[uint32][]byte, len(m.preKeys))
	for id, priv := range m.preKeys {
		into.PreKeys[id] = priv[:]
	}
}

func (m *memory) restore(from State) {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.Copy(m.sessions, from.Sessions)
	for _, address := range from.GivenUp {
		m.givenUp[address] = struct{}{}
	}
	maps.Copy(m.senderKeys, from.SenderKeys)
	m.nextPreKey = max(from.NextPreKey, 1)
	for id, priv := range from.PreKeys {
		if len(priv) == 32 {
			m.preKeys[id] = [32]byte(priv)
		}
	}
}
