package appstate

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"hash"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	"google.golang.org/protobuf/proto"
)

// A Key is an app state sync key. The phone creates it and shares it with its
// companions.
type Key struct {
	ID        []byte `json:"id"`        // 6 bytes: device and epoch
	Data      []byte `json:"data"`      // 32 bytes
	Timestamp int64  `json:"timestamp"` // Unix milliseconds
}

// newKey returns a random key of the given epoch. Epochs increase: clients
// encrypt with the key that they consider the newest.
func newKey(epoch uint32, timestamp int64) (Key, error) {
	key := Key{ID: make([]byte, 6), Data: make([]byte, 32), Timestamp: timestamp}
	binary.BigEndian.PutUint32(key.ID[2:], epoch)
	if _, err := rand.Read(key.Data); err != nil {
		return Key{}, fmt.Errorf("appstate: read random key: %w", err)
	}
	return key, nil
}

// share returns the key in the form in which the phone sends it.
func (k Key) share() *waE2E.AppStateSyncKey {
	return &waE2E.AppStateSyncKey{
		KeyID: &waE2E.AppStateSyncKeyId{KeyID: k.ID},
		KeyData: &waE2E.AppStateSyncKeyData{
			KeyData: k.Data,
			Fingerprint: &waE2E.AppStateSyncKeyFingerprint{
				RawID:         proto.Uint32(binary.BigEndian.Uint32(k.ID[2:])),
				CurrentIndex:  proto.Uint32(0),
				DeviceIndexes: []uint32{0},
			},
			Timestamp: proto.Int64(k.Timestamp),
		},
	}
}

// expanded are the five keys that protect a collection.
type expanded struct{ index, valueCipher, valueMAC, snapshotMAC, patchMAC []byte }

func (k Key) expand() (expanded, error) {
	out, err := hkdf.Key(sha256.New, k.Data, nil, "WhatsApp Mutation Keys", 160)
	if err != nil {
		return expanded{}, fmt.Errorf("appstate: expand key: %w", err)
	}
	return expanded{out[:32], out[32:64], out[64:96], out[96:128], out[128:]}, nil
}

// sumIndex returns the MAC that names a mutation's index without revealing it
// to the server.
func (e expanded) sumIndex(index []byte) []byte { return sum(sha256.New, e.index, index) }

// sumValue authenticates an encrypted value and its operation.
func (e expanded) sumValue(op waServerSync.SyncdMutation_SyncdOperation, keyID, sealed []byte) []byte {
	return sum(sha512.New, e.valueMAC,
		[]byte{byte(op) + 1}, keyID, sealed, bigEndian(uint64(len(keyID)+1)))[:32]
}

// sumSnapshot authenticates the whole collection at one version.
func (e expanded) sumSnapshot(name Collection, version uint64, ltHash []byte) []byte {
	return sum(sha256.New, e.snapshotMAC, ltHash, bigEndian(version), []byte(name))
}

// sumPatch authenticates one patch.
func (e expanded) sumPatch(name Collection, version uint64, snapshotMAC []byte, valueMACs [][]byte) []byte {
	parts := append([][]byte{snapshotMAC}, valueMACs...)
	return sum(sha256.New, e.patchMAC, append(parts, bigEndian(version), []byte(name))...)
}

func sum(algorithm func() hash.Hash, key []byte, parts ...[]byte) []byte {
	mac := hmac.New(algorithm, key)
	for _, part := range parts {
		mac.Write(part)
	}
	return mac.Sum(nil)
}

func bigEndian(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
