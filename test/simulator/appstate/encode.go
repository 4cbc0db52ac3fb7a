package appstate

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow/appstate/lthash"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	"go.mau.fi/whatsmeow/proto/waSyncAction"
	"google.golang.org/protobuf/proto"
)

// encode returns the next patch of a chain. Unlike whatsmeow's encoder it
// supports removals, and indexes that occur twice in one patch.
func (c *chain) encode(key Key, name Collection, changes []Change, now time.Time) (*waServerSync.SyncdPatch, error) {
	keys, err := key.expand()
	if err != nil {
		return nil, err
	}
	patch := &waServerSync.SyncdPatch{
		Version: &waServerSync.SyncdVersion{Version: proto.Uint64(c.version() + 1)},
		KeyID:   &waServerSync.KeyId{ID: key.ID},
	}
	var valueMACs, added, removed [][]byte
	set := make(map[string][]byte) // value MACs by index within this patch; nil: removed
	for _, change := range changes {
		mutation, err := keys.seal(key.ID, change, now)
		if err != nil {
			return nil, err
		}
		blob := mutation.Record.Value.Blob
		valueMAC, index := blob[len(blob)-32:], mutation.Record.Index.Blob
		previous, seen := set[string(index)]
		if !seen {
			previous = c.valueMAC(index)
		}
		if previous != nil {
			removed = append(removed, previous)
		}
		if change.Remove {
			set[string(index)] = nil
		} else {
			added = append(added, valueMAC)
			set[string(index)] = valueMAC
		}
		valueMACs = append(valueMACs, valueMAC)
		patch.Mutations = append(patch.Mutations, mutation)
	}
	ltHash := c.ltHash
	lthash.WAPatchIntegrity.SubtractThenAddInPlace(ltHash[:], removed, added)
	patch.SnapshotMAC = keys.sumSnapshot(name, c.version()+1, ltHash[:])
	patch.PatchMAC = keys.sumPatch(name, c.version()+1, patch.SnapshotMAC, valueMACs)
	return patch, nil
}

// seal encrypts one change.
func (e expanded) seal(keyID []byte, change Change, now time.Time) (*waServerSync.SyncdMutation, error) {
	index, err := json.Marshal(change.Index)
	if err != nil {
		return nil, fmt.Errorf("appstate: encode index: %w", err)
	}
	value := &waSyncAction.SyncActionValue{}
	if change.Value != nil {
		value = proto.CloneOf(change.Value)
	}
	if value.Timestamp == nil {
		value.Timestamp = proto.Int64(now.UnixMilli())
	}
	plaintext, err := proto.Marshal(&waSyncAction.SyncActionData{
		Index: index, Value: value, Padding: []byte{}, Version: proto.Int32(change.Version),
	})
	if err != nil {
		return nil, fmt.Errorf("appstate: encode value: %w", err)
	}
	sealed, err := encryptCBC(e.valueCipher, plaintext)
	if err != nil {
		return nil, err
	}
	op := waServerSync.SyncdMutation_SET
	if change.Remove {
		op = waServerSync.SyncdMutation_REMOVE
	}
	return &waServerSync.SyncdMutation{
		Operation: op.Enum(),
		Record: &waServerSync.SyncdRecord{
			Index: &waServerSync.SyncdIndex{Blob: e.sumIndex(index)},
			Value: &waServerSync.SyncdValue{Blob: append(sealed, e.sumValue(op, keyID, sealed)...)},
			KeyID: &waServerSync.KeyId{ID: keyID},
		},
	}, nil
}

// encryptCBC pads and encrypts; the result begins with the random IV.
func encryptCBC(key, plaintext []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("appstate: create cipher: %w", err)
	}
	pad := aes.BlockSize - len(plaintext)%aes.BlockSize
	out := make([]byte, aes.BlockSize+len(plaintext)+pad)
	if _, err := rand.Read(out[:aes.BlockSize]); err != nil {
		return nil, fmt.Errorf("appstate: read random IV: %w", err)
	}
	body := out[aes.BlockSize:]
	for i := copy(body, plaintext); i < len(body); i++ {
		body[i] = byte(pad)
	}
	cipher.NewCBCEncrypter(block, out[:aes.BlockSize]).CryptBlocks(body, body)
	return out, nil
}
