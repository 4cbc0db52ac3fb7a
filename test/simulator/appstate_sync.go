package simulator

import (
	"context"
	"fmt"
	"strconv"

	waAppState "go.mau.fi/whatsmeow/appstate"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/test/simulator/appstate"
	"github.com/wasession/wasession/test/simulator/media"
	"github.com/wasession/wasession/test/simulator/stanza"
)

// AppState returns the app state of the account. It is created on first use,
// because most contacts never need one.
func (u *User) AppState() (*appstate.State, error) {
	f, name := u.srv.features, u.Name()
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.of(u)
	if p.state != nil {
		return p.state, nil
	}
	options := appstate.Options{Canonical: f.canonical}
	var err error
	if saved, ok := f.saved[u.pn.User]; ok {
		p.state, err = appstate.Load(saved, options)
	} else {
		p.state, err = appstate.New(name, options)
	}
	if err != nil {
		p.state = nil
		return nil, fmt.Errorf("app state of %s: %w", u.pn, err)
	}
	delete(f.saved, u.pn.User)
	return p.state, nil
}

// canonical returns the phone number JID of a chat with a person.
func (f *features) canonical(chat string) string {
	jid, err := types.ParseJID(chat)
	if err != nil {
		return chat
	}
	if other := f.srv.UserByJID(jid); other != nil {
		return other.pn.String()
	}
	return chat
}

// syncAppState answers a client that fetches collections or changes them.
func (f *features) syncAppState(ctx context.Context, iq *IQ) ([]waBinary.Node, error) {
	requests, err := appstate.ParseSync(iq.Child)
	if err != nil {
		return nil, &IQError{400, "bad-request"}
	}
	state, err := iq.User.AppState()
	if err != nil {
		return nil, err
	}
	var collections []waBinary.Node
	for _, request := range requests {
		answer := state.Sync(ctx, iq.Companion.device, request)
		if answer.Reason != "" {
			f.srv.log.Warn("App state patch refused", "from", iq.Companion.JID(), "reason", answer.Reason)
		}
		node, err := answer.Node(f.uploadSnapshot)
		if err != nil {
			return nil, err
		}
		collections = append(collections, node)
		if answer.Accepted {
			if answer.Collection == waAppState.WAPatchCriticalBlock {
				iq.User.SetName(state.View().PushName)
			}
			iq.User.announceAppState(answer.Collection, answer.Version, iq.Companion)
		}
	}
	return []waBinary.Node{stanza.Node("sync", nil, collections)}, nil
}

// announceAppState tells the companions, except the author of the change, that
// a collection has a new version, and wakes waiting callers.
func (u *User) announceAppState(name appstate.Collection, version uint64, author *Companion) {
	u.Notify("server_sync", types.ServerJID, author, stanza.Node("collection", waBinary.Attrs{
		"name": string(name), "version": strconv.FormatUint(version, 10),
	}, nil))
	u.mu.Lock()
	defer u.mu.Unlock()
	u.touch()
}

func (f *features) uploadSnapshot(plaintext []byte) (*waServerSync.ExternalBlobReference, error) {
	file, err := f.srv.Upload(media.AppState, "", plaintext)
	if err != nil {
		return nil, err
	}
	return &waServerSync.ExternalBlobReference{
		MediaKey: file.Key, DirectPath: proto.String(file.DirectPath), FileSizeBytes: proto.Uint64(file.Length),
		FileSHA256: file.SHA256, FileEncSHA256: file.EncSHA256,
	}, nil
}

// shareKeys answers a companion that lacks keys.
func (f *features) shareKeys(ctx context.Context, p *PeerMessage) bool {
	request := p.Message.GetProtocolMessage().GetAppStateSyncKeyRequest()
	if request == nil {
		return false
	}
	var ids [][]byte
	for _, key := range request.GetKeyIDs() {
		ids = append(ids, key.GetKeyID())
	}
	state, err := p.User.AppState()
	if err == nil && len(ids) > 0 {
		_, err = p.Companion.SendPeer(ctx, state.KeyShare(ids...).GetProtocolMessage())
	}
	if err != nil {
		f.srv.log.Error("Failed to answer a key request", "phone", p.User.pn, "error", err)
	}
	return true
}

// recoverAppState answers a companion whose copy of a collection is broken.
func (f *features) recoverAppState(ctx context.Context, p *PeerMessage) bool {
	request := p.Message.GetProtocolMessage().GetPeerDataOperationRequestMessage()
	if request.GetPeerDataOperationRequestType() != waE2E.PeerDataOperationRequestType_COMPANION_SYNCD_SNAPSHOT_FATAL_RECOVERY {
		return false
	}
	name := appstate.Collection(request.GetSyncdCollectionFatalRecoveryRequest().GetCollectionName())
	if err := f.sendRecovery(ctx, p, name); err != nil {
		f.srv.log.Error("Failed to answer a recovery request", "phone", p.User.pn, "collection", name, "error", err)
	}
	return true
}

func (f *features) sendRecovery(ctx context.Context, p *PeerMessage, name appstate.Collection) error {
	state, err := p.User.AppState()
	if err != nil {
		return err
	}
	recovery, err := state.Recovery(name)
	if err != nil {
		return err
	}
	_, err = p.Companion.SendPeer(ctx, &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE.Enum(),
		PeerDataOperationRequestResponseMessage: &waE2E.PeerDataOperationRequestResponseMessage{
			PeerDataOperationRequestType: waE2E.PeerDataOperationRequestType_COMPANION_SYNCD_SNAPSHOT_FATAL_RECOVERY.Enum(),
			StanzaID:                     proto.String(p.ID),
			PeerDataOperationResult: []*waE2E.PeerDataOperationRequestResponseMessage_PeerDataOperationResult{
				{SyncdSnapshotFatalRecoveryResponse: recovery},
			},
		},
	})
	return err
}
