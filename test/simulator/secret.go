package simulator

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// ErrSecret is returned if an addition to a message, such as the vote of a poll, cannot be
// decrypted.
var ErrSecret = errors.New("it is not encrypted with the message's secret")

// keptMessage is a message that the phone has, with who wrote it and where.
type keptMessage struct {
	id     string
	chat   types.JID // the group, or the other person
	author *User
	msg    *waE2E.Message
}

// kept returns a message that the phone, or a companion of the account, sent or received.
func (u *User) kept(id string) (keptMessage, error) {
	k := keptMessage{id: id, author: u}
	u.mu.Lock()
	sent := u.sent[id]
	u.mu.Unlock()
	if sent != nil {
		k.chat, k.msg = sent.chat, &waE2E.Message{}
		return k, proto.Unmarshal(sent.plain, k.msg)
	}
	r, ok := u.inboxMessage(id)
	if !ok {
		return k, fmt.Errorf("%w %s at %s", ErrNoMessage, id, u.pn)
	}
	k.author, k.chat, k.msg = u.srv.UserByJID(r.From), r.Chat, r.Message
	if r.Chat.Server != types.GroupServer && !r.Own {
		k.chat = k.author.on(r.Chat.Server)
	}
	return k, nil
}

// key names the message to others, whom it reaches under addresses of this server.
func (k keptMessage) key(by *User, server string) *waCommon.MessageKey {
	key := keyOf(k.chat, k.id, k.author == by)
	if k.chat.Server == types.GroupServer {
		key.Participant = proto.String(k.author.on(server).String())
	} else {
		key.RemoteJID = proto.String(by.srv.UserByJID(k.chat).on(server).String())
	}
	return key
}

// What the keys of additions are derived for.
const (
	useVote          = "Poll Vote"
	useEventResponse = "Event Response"
	useReaction      = "Enc Reaction"
	useMessageEdit   = "Message Edit"
	useEventEdit     = "Event Edit"
)

// add encrypts an addition to a message that the phone sent or received, and sends what build
// makes of it. It returns the id of that.
func (u *User) add(
	ctx context.Context, id, use string, addition proto.Message,
	build func(key *waCommon.MessageKey, payload, nonce []byte) *waE2E.Message, opts []SendOption,
) (string, error) {
	k, err := u.kept(id)
	if err != nil {
		return "", err
	}
	plain, err := proto.Marshal(addition)
	if err != nil {
		return "", err
	}
	o := u.options(opts)
	server := u.serverOf(k, o)
	payload, nonce, err := k.seal(use, u, server, o, plain)
	if err != nil {
		return "", err
	}
	return u.sendTo(ctx, k, build(k.key(u, server), payload, nonce), o)
}

// EditSealed changes an own message, of which only those learn the new content who have the
// old one. The message needs a secret.
func (u *User) EditSealed(ctx context.Context, id string, edited *waE2E.Message, opts ...SendOption) (string, error) {
	use, kind := useMessageEdit, waE2E.SecretEncryptedMessage_MESSAGE_EDIT
	if edited.GetEventMessage() != nil {
		use, kind = useEventEdit, waE2E.SecretEncryptedMessage_EVENT_EDIT
	}
	return u.add(ctx, id, use, edited, func(key *waCommon.MessageKey, payload, nonce []byte) *waE2E.Message {
		return &waE2E.Message{SecretEncryptedMessage: &waE2E.SecretEncryptedMessage{
			TargetMessageKey: key, EncPayload: payload, EncIV: nonce, SecretEncType: kind.Enum(),
		}}
	}, opts)
}

// ReactSealed reacts to a message as people do in groups for announcements. The message needs
// a secret.
func (u *User) ReactSealed(ctx context.Context, id, emoji string, opts ...SendOption) (string, error) {
	reaction := &waE2E.ReactionMessage{Text: proto.String(emoji), SenderTimestampMS: proto.Int64(time.Now().UnixMilli())}
	return u.add(ctx, id, useReaction, reaction, func(key *waCommon.MessageKey, payload, nonce []byte) *waE2E.Message {
		return &waE2E.Message{EncReactionMessage: &waE2E.EncReactionMessage{TargetMessageKey: key, EncPayload: payload, EncIV: nonce}}
	}, opts)
}

// seal encrypts an addition of one account to a message, with the addresses of a server
// unless the options say others.
func (k keptMessage) seal(use string, by *User, server string, o sendOptions, plain []byte) (ciphertext, nonce []byte, err error) {
	author, adder := k.author.on(server), by.on(server)
	if o.sealed != nil {
		author, adder = k.author.on(o.sealed[0].server()), by.on(o.sealed[1].server())
	}
	gcm, extra, err := k.cipher(use, author, adder)
	if err != nil {
		return nil, nil, err
	}
	nonce = randomBytes(gcm.NonceSize())
	return gcm.Seal(nil, nonce, plain, extra), nonce, nil
}

// open decrypts an addition. Phones try both addresses of both people.
func (k keptMessage) open(use string, by *User, ciphertext, nonce []byte) ([]byte, error) {
	for _, author := range []types.JID{k.author.lid, k.author.pn} {
		for _, adder := range []types.JID{by.lid, by.pn} {
			gcm, extra, err := k.cipher(use, author, adder)
			if err != nil {
				return nil, err
			}
			if len(nonce) != gcm.NonceSize() {
				return nil, ErrSecret
			}
			if plain, err := gcm.Open(nil, nonce, ciphertext, extra); err == nil {
				return plain, nil
			}
		}
	}
	return nil, ErrSecret
}

func (k keptMessage) cipher(use string, author, by types.JID) (gcm cipher.AEAD, extra []byte, err error) {
	secret := k.msg.GetMessageContextInfo().GetMessageSecret()
	if len(secret) == 0 {
		return nil, nil, fmt.Errorf("%w: message %s has none", ErrSecret, k.id)
	}
	key, err := hkdf.Key(sha256.New, secret, nil, k.id+author.String()+by.String()+use, 32)
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, nil, err
	}
	if use == useVote || use == useEventResponse {
		extra = []byte(k.id + "\x00" + by.String())
	}
	gcm, err = cipher.NewGCM(block)
	return gcm, extra, err
}

// serverOf is the server of the addresses by which people see each other in the chat of a
// message.
func (u *User) serverOf(k keptMessage, o sendOptions) string {
	if g := u.srv.Group(k.chat); g != nil {
		return g.server()
	}
	return o.addressing.server()
}

// sendTo sends a message to the chat of another.
func (u *User) sendTo(ctx context.Context, k keptMessage, msg *waE2E.Message, o sendOptions) (string, error) {
	err := u.worker.do(ctx, func(ctx context.Context) error {
		if g := u.srv.Group(k.chat); g != nil {
			return u.sendGroup(ctx, g, msg, o)
		}
		return u.sendDirect(ctx, u.srv.UserByJID(k.chat), msg, o)
	})
	return o.id, err
}
