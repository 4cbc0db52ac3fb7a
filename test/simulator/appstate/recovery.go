package appstate

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"

	waAppState "go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	"go.mau.fi/whatsmeow/proto/waSyncAction"
	"go.mau.fi/whatsmeow/proto/waSyncdSnapshotRecovery"
	"go.mau.fi/whatsmeow/util/cbcutil"
	"google.golang.org/protobuf/proto"
)

// Recovery returns the phone's answer to a companion that can no longer read a
// collection: everything that is set in it, in plain text.
func (s *State) Recovery(name Collection) (
	*waE2E.PeerDataOperationRequestResponseMessage_PeerDataOperationResult_SyncDSnapshotFatalRecoveryResponse, error,
) {
	s.mu.Lock()
	defer s.mu.Unlock()
	chain, ok := s.chains[name]
	if !ok {
		return nil, fmt.Errorf("appstate: unknown collection %q", name)
	}
	out := &waSyncdSnapshotRecovery.SyncdSnapshotRecovery{
		Version:          &waSyncdSnapshotRecovery.SyncdVersion{Version: proto.Uint64(chain.version())},
		CollectionName:   proto.String(string(name)),
		CollectionLthash: slices.Clone(chain.ltHash[:]),
	}
	for _, record := range chain.snapshot().GetRecords() {
		plain, err := s.open(record)
		if err != nil {
			return nil, err
		}
		blob := record.GetValue().GetBlob()
		out.MutationRecords = append(out.MutationRecords, &waSyncdSnapshotRecovery.SyncdPlainTextRecord{
			Value: plain, KeyID: record.GetKeyID().GetID(), Mac: slices.Clone(blob[len(blob)-32:]),
		})
	}
	encoded, err := proto.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("appstate: encode recovery: %w", err)
	}
	var compressed bytes.Buffer
	writer := gzip.NewWriter(&compressed)
	if _, err = writer.Write(encoded); err == nil {
		err = writer.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("appstate: compress recovery: %w", err)
	}
	return &waE2E.PeerDataOperationRequestResponseMessage_PeerDataOperationResult_SyncDSnapshotFatalRecoveryResponse{
		CollectionSnapshot: compressed.Bytes(), IsCompressed: proto.Bool(true),
	}, nil
}

// open decrypts a value that was verified when it was appended.
func (s *State) open(record *waServerSync.SyncdRecord) (*waSyncAction.SyncActionData, error) {
	i := slices.IndexFunc(s.keys, func(key Key) bool { return bytes.Equal(key.ID, record.GetKeyID().GetID()) })
	if i < 0 {
		return nil, fmt.Errorf("appstate: %w", waAppState.ErrKeyNotFound)
	}
	keys, err := s.keys[i].expand()
	if err != nil {
		return nil, err
	}
	blob := slices.Clone(record.GetValue().GetBlob())
	plaintext, err := cbcutil.Decrypt(keys.valueCipher, blob[:16], blob[16:len(blob)-32])
	if err != nil {
		return nil, fmt.Errorf("appstate: decrypt value: %w", err)
	}
	data := &waSyncAction.SyncActionData{}
	if err := proto.Unmarshal(plaintext, data); err != nil {
		return nil, fmt.Errorf("appstate: read value: %w", err)
	}
	return data, nil
}
