package simulator

import (
	"context"
	"fmt"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// handlePeer runs on the phone's worker.
func (u *User) handlePeer(ctx context.Context, env envelope, msg *waE2E.Message) {
	u.receive(Received{Kind: KindPeer, ID: env.id, From: env.from.JID(), Own: true, Message: msg})
	u.srv.mu.RLock()
	handlers := u.srv.peerHandlers
	u.srv.mu.RUnlock()
	peer := &PeerMessage{User: u, Companion: env.from, ID: env.id, Message: msg}
	for _, h := range handlers {
		if h(ctx, peer) {
			return
		}
	}
	u.srv.noteUnhandled("peer message " + peerName(msg))
}

func peerName(msg *waE2E.Message) string {
	p := msg.GetProtocolMessage()
	if req := p.GetPeerDataOperationRequestMessage(); req != nil {
		return req.GetPeerDataOperationRequestType().String()
	}
	return p.GetType().String()
}

// SendPeer sends a protocol message from the phone to this companion: app state
// keys, history notifications, answers to requests. It returns the stanza's id.
func (c *Companion) SendPeer(ctx context.Context, msg *waE2E.ProtocolMessage) (string, error) {
	id := NewMessageID()
	err := c.user.worker.do(ctx, func(ctx context.Context) error {
		plain, err := proto.Marshal(&waE2E.Message{ProtocolMessage: msg})
		if err != nil {
			return fmt.Errorf("marshal peer message: %w", err)
		}
		c.user.rememberPeer(id, plain)
		return c.user.transmit(ctx, c, outbound{
			id: id, plain: plain,
			attrs: waBinary.Attrs{"from": c.user.pn, "category": "peer", "type": "text", "t": time.Now().Unix()},
		})
	})
	return id, err
}

// resendPlaceholders answers a companion's request for the plain text of
// messages that it did not get, from what the phone itself received.
func (s *Server) resendPlaceholders(ctx context.Context, p *PeerMessage) bool {
	req := p.Message.GetProtocolMessage().GetPeerDataOperationRequestMessage()
	if req.GetPeerDataOperationRequestType() != waE2E.PeerDataOperationRequestType_PLACEHOLDER_MESSAGE_RESEND {
		return false
	}
	var results []*waE2E.PeerDataOperationRequestResponseMessage_PeerDataOperationResult
	for _, wanted := range req.GetPlaceholderMessageResendRequest() {
		key := wanted.GetMessageKey()
		found, ok := p.User.inboxMessage(key.GetID())
		if !ok {
			continue
		}
		raw, err := proto.Marshal(p.User.webMessage(key, found))
		if err != nil {
			s.log.Error("Failed to marshal a web message", "error", err)
			continue
		}
		results = append(results, &waE2E.PeerDataOperationRequestResponseMessage_PeerDataOperationResult{
			PlaceholderMessageResendResponse: &waE2E.PeerDataOperationRequestResponseMessage_PeerDataOperationResult_PlaceholderMessageResendResponse{
				WebMessageInfoBytes: raw,
			},
		})
	}
	if len(results) == 0 {
		return true // the phone does not have the message either
	}
	_, err := p.Companion.SendPeer(ctx, &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE.Enum(),
		PeerDataOperationRequestResponseMessage: &waE2E.PeerDataOperationRequestResponseMessage{
			PeerDataOperationRequestType: req.PeerDataOperationRequestType,
			StanzaID:                     proto.String(p.ID),
			PeerDataOperationResult:      results,
		},
	})
	if err != nil {
		s.log.Error("Failed to answer a placeholder request", "error", err)
	}
	return true
}

func (u *User) webMessage(key *waCommon.MessageKey, r Received) *waWeb.WebMessageInfo {
	out := &waWeb.WebMessageInfo{
		Key:              key,
		Message:          r.Message,
		MessageTimestamp: proto.Uint64(uint64(r.Time.Unix())),
	}
	if sender := u.srv.UserByJID(r.From); sender != nil {
		out.PushName = proto.String(sender.Name())
		if r.Chat.Server == types.GroupServer {
			out.Participant = proto.String(sender.lid.String())
		}
	}
	return out
}

// Notify queues a notification for every companion of the account except the
// given one, which may be nil. It sets the id.
func (u *User) Notify(typ string, from types.JID, except *Companion, children ...waBinary.Node) {
	for _, c := range u.Companions() {
		if c != except {
			c.Notify(typ, from, children...)
		}
	}
}

// Notify queues a notification for this companion.
func (c *Companion) Notify(typ string, from types.JID, children ...waBinary.Node) {
	c.deliver(stanza.Notification(newID(), typ, from, time.Now(), children...))
}

// Deliver queues any stanza that the client must acknowledge. It needs the
// attributes id and from.
func (c *Companion) Deliver(n waBinary.Node) { c.deliver(n) }
