package simulator

import (
	"context"
	"strconv"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/test/simulator/signal"
	"github.com/wasession/wasession/test/simulator/stanza"
)

// maxRetries is how often a phone asks for the same message again.
const maxRetries = 4

// FailDecryption makes the phone fail to decrypt the next n messages, so that
// it asks the sender for each of them again.
func (u *User) FailDecryption(n int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.failDecrypt = n
}

// SetAutoReceipts sets whether the phone confirms messages as delivered by
// itself, as phones do (the default).
func (u *User) SetAutoReceipts(on bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.autoReceipts = on
}

// openEnvelope decrypts and handles a client's message for the phone. It runs
// on the phone's worker.
func (u *User) openEnvelope(ctx context.Context, env envelope) {
	peer := env.from.JID()
	if u.decryptionFails() {
		u.requestAgain(ctx, env)
		return
	}
	var got *waE2E.Message
	for _, enc := range env.encs {
		plain, err := u.decrypt(ctx, env, enc)
		if err != nil {
			u.srv.log.Warn("The phone cannot decrypt a message", "phone", u.pn, "from", peer, "id", env.id, "error", err)
			u.requestAgain(ctx, env)
			return
		}
		msg := &waE2E.Message{}
		if err = proto.Unmarshal(plain, msg); err != nil {
			u.srv.log.Error("The phone cannot parse a message", "phone", u.pn, "from", peer, "id", env.id, "error", err)
			return
		}
		if skdm := msg.GetSenderKeyDistributionMessage(); skdm != nil {
			u.learnSenderKey(ctx, env, skdm)
			if isOnlySenderKey(msg) {
				continue
			}
		}
		got = msg
	}
	if got == nil {
		return
	}
	if env.attrs["category"] == "peer" {
		if wrapped := got.GetDeviceSentMessage().GetMessage(); wrapped != nil {
			got = wrapped
		}
		u.handlePeer(ctx, env, got)
		return
	}
	r := Received{
		Kind: KindMessage, ID: env.id, From: peer, Chat: env.to, Own: env.from.user == u,
		Message: got, Edit: jidText(env.attrs["edit"]), Time: env.time,
	}
	if sent := got.GetDeviceSentMessage(); sent != nil {
		r.Message = sent.GetMessage()
		if chat, err := types.ParseJID(sent.GetDestinationJID()); err == nil {
			r.Chat = chat
		}
	}
	u.receive(r)
	u.confirmDelivery(env, r)
}

func isOnlySenderKey(m *waE2E.Message) bool {
	bare := proto.Clone(m).(*waE2E.Message)
	bare.SenderKeyDistributionMessage, bare.MessageContextInfo = nil, nil
	return proto.Size(bare) == 0
}

func (u *User) decryptionFails() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.failDecrypt == 0 {
		return false
	}
	u.failDecrypt--
	return true
}

func (u *User) decrypt(ctx context.Context, env envelope, enc waBinary.Node) ([]byte, error) {
	ciphertext, _ := enc.Content.([]byte)
	typ := jidText(enc.Attrs["type"])
	u.markDirty()
	if typ == signal.TypeSenderKey {
		return u.phone().DecryptGroup(ctx, env.to, env.from.JID(), ciphertext)
	}
	return u.phone().Decrypt(ctx, env.from.JID(), typ, ciphertext)
}

func (u *User) learnSenderKey(ctx context.Context, env envelope, skdm *waE2E.SenderKeyDistributionMessage) {
	group, err := types.ParseJID(skdm.GetGroupID())
	if err == nil {
		err = u.phone().ProcessDistribution(ctx, group, env.from.JID(), skdm.GetAxolotlSenderKeyDistributionMessage())
	}
	if err != nil {
		u.srv.log.Error("The phone cannot store a sender key", "phone", u.pn, "from", env.from.JID(), "error", err)
	}
}

func (u *User) markDirty() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.dirty = true
}

// confirmDelivery sends the delivery receipt: to the sender's devices, or, for
// a copy of the account's own message, to the companion that wrote it.
func (u *User) confirmDelivery(env envelope, r Received) {
	u.mu.Lock()
	on := u.autoReceipts
	u.mu.Unlock()
	if !on || env.to.Server == types.BroadcastServer {
		return
	}
	if r.Own {
		env.from.deliver(stanza.Node("receipt", waBinary.Attrs{
			"id": r.ID, "from": u.on(r.Chat.Server), "recipient": r.Chat,
			"type": string(types.ReceiptTypeSender), "t": time.Now().Unix(),
		}, nil))
		return
	}
	u.sendReceipt("", r, r.ID)
}

// requestAgain asks the sender's device to send again a message that could not
// be read.
func (u *User) requestAgain(ctx context.Context, env envelope) {
	count := 1
	if len(env.encs) > 0 {
		count += env.encs[0].AttrGetter().OptionalInt("count")
	}
	if count > maxRetries {
		return
	}
	bundle, err := u.phone().Bundle(ctx)
	if err != nil {
		u.srv.log.Error("The phone has no keys", "phone", u.pn, "error", err)
		return
	}
	u.phone().GiveUpSession(env.from.JID())
	attrs := waBinary.Attrs{
		"id": env.id, "type": string(types.ReceiptTypeRetry), "t": time.Now().Unix(),
	}
	switch {
	case env.to.Server == types.GroupServer || env.to.Server == types.BroadcastServer:
		attrs["from"] = env.to
		addParticipant(attrs, u, 0, env.byLID)
	case env.from.user == u:
		attrs["from"], attrs["recipient"] = u.on(env.to.Server), env.to
	default:
		attrs["from"] = u.on(env.to.Server)
	}
	env.from.deliver(stanza.Node("receipt", attrs, []waBinary.Node{
		stanza.Node("retry", waBinary.Attrs{
			"count": strconv.Itoa(count), "id": env.id, "t": env.time.Unix(), "v": "1",
		}, nil),
		registrationNode(bundle),
		stanza.Node("keys", nil, bundleNodes(bundle, false)),
	}))
}
