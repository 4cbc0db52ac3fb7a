package noise

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/util/keys"
	"golang.org/x/crypto/curve25519"
	"google.golang.org/protobuf/proto"
)

// pattern is exactly as long as a hash, so it is the initial hash itself.
const pattern = "Noise_XX_25519_AESGCM_SHA256\x00\x00\x00\x00"

// Handshake is the responder's side of one handshake: call Hello, then Finish.
type Handshake struct {
	keys      Keys
	ephemeral *keys.KeyPair

	hash, chainingKey []byte
	aead              cipher.AEAD
	counter           uint32
}

// NewHandshake starts a handshake on a connection that began with prologue.
func NewHandshake(k Keys, prologue []byte) (*Handshake, error) {
	aead, err := newAEAD([]byte(pattern))
	if err != nil {
		return nil, err
	}
	h := &Handshake{
		keys:        k,
		ephemeral:   keys.NewKeyPair(),
		hash:        []byte(pattern),
		chainingKey: []byte(pattern),
		aead:        aead,
	}
	h.mixHash(prologue)
	return h, nil
}

// Hello takes the client's first frame and returns the server's.
func (h *Handshake) Hello(frame []byte, now time.Time) ([]byte, error) {
	var msg waWa6.HandshakeMessage
	if err := proto.Unmarshal(frame, &msg); err != nil {
		return nil, fmt.Errorf("parse client hello: %w", err)
	}
	clientEphemeral := msg.GetClientHello().GetEphemeral()
	if len(clientEphemeral) != 32 {
		return nil, errors.New("client hello has no ephemeral key")
	}
	h.mixHash(clientEphemeral)
	h.mixHash(h.ephemeral.Pub[:])
	if err := h.mixKey(h.ephemeral, clientEphemeral); err != nil {
		return nil, err
	}
	static := h.seal(h.keys.Static.Pub[:])
	if err := h.mixKey(h.keys.Static, clientEphemeral); err != nil {
		return nil, err
	}
	chain, err := h.keys.Chain(now)
	if err != nil {
		return nil, err
	}
	return proto.Marshal(&waWa6.HandshakeMessage{ServerHello: &waWa6.HandshakeMessage_ServerHello{
		Ephemeral: h.ephemeral.Pub[:],
		Static:    static,
		Payload:   h.seal(chain),
	}})
}

// Finished is the outcome of a handshake.
type Finished struct {
	// ClientStatic is the client's long-term Noise key, which identifies it.
	ClientStatic [32]byte
	// Payload says what the client wants: to pair or to log in.
	Payload *waWa6.ClientPayload
	Cipher  *Cipher
}

// Finish takes the client's second frame.
func (h *Handshake) Finish(frame []byte) (*Finished, error) {
	var msg waWa6.HandshakeMessage
	if err := proto.Unmarshal(frame, &msg); err != nil {
		return nil, fmt.Errorf("parse client finish: %w", err)
	}
	static, err := h.open(msg.GetClientFinish().GetStatic())
	if err != nil {
		return nil, fmt.Errorf("client's static key: %w", err)
	}
	if len(static) != 32 {
		return nil, errors.New("client's static key has a wrong length")
	}
	if err = h.mixKey(h.ephemeral, static); err != nil {
		return nil, err
	}
	raw, err := h.open(msg.GetClientFinish().GetPayload())
	if err != nil {
		return nil, fmt.Errorf("client's payload: %w", err)
	}
	payload := &waWa6.ClientPayload{}
	if err = proto.Unmarshal(raw, payload); err != nil {
		return nil, fmt.Errorf("parse client payload: %w", err)
	}
	fromClient, fromServer, err := h.expand(nil)
	if err != nil {
		return nil, err
	}
	c := &Cipher{}
	if c.read, err = newAEAD(fromClient); err != nil {
		return nil, err
	}
	if c.write, err = newAEAD(fromServer); err != nil {
		return nil, err
	}
	return &Finished{ClientStatic: [32]byte(static), Payload: payload, Cipher: c}, nil
}

func (h *Handshake) mixHash(data []byte) {
	sum := sha256.New()
	sum.Write(h.hash)
	sum.Write(data)
	h.hash = sum.Sum(nil)
}

func (h *Handshake) mixKey(own *keys.KeyPair, theirs []byte) error {
	secret, err := curve25519.X25519(own.Priv[:], theirs)
	if err != nil {
		return fmt.Errorf("agree on a key: %w", err)
	}
	chainingKey, key, err := h.expand(secret)
	if err != nil {
		return err
	}
	h.chainingKey, h.counter = chainingKey, 0
	h.aead, err = newAEAD(key)
	return err
}

func (h *Handshake) expand(secret []byte) (first, second []byte, err error) {
	out, err := hkdf.Key(sha256.New, secret, h.chainingKey, "", 64)
	if err != nil {
		return nil, nil, fmt.Errorf("derive keys: %w", err)
	}
	return out[:32], out[32:], nil
}

func (h *Handshake) seal(plaintext []byte) []byte {
	out := h.aead.Seal(nil, nonce(h.counter), plaintext, h.hash)
	h.counter++
	h.mixHash(out)
	return out
}

func (h *Handshake) open(ciphertext []byte) ([]byte, error) {
	out, err := h.aead.Open(nil, nonce(h.counter), ciphertext, h.hash)
	if err != nil {
		return nil, err
	}
	h.counter++
	h.mixHash(ciphertext)
	return out, nil
}

// Cipher encrypts and decrypts the frames after a handshake. Seal and Open may
// run concurrently with each other, but not with themselves.
type Cipher struct {
	read, write       cipher.AEAD
	readSeq, writeSeq uint32
}

// Seal encrypts the next frame to the client.
func (c *Cipher) Seal(plaintext []byte) []byte {
	out := c.write.Seal(nil, nonce(c.writeSeq), plaintext, nil)
	c.writeSeq++
	return out
}

// Open decrypts the next frame of the client.
func (c *Cipher) Open(frame []byte) ([]byte, error) {
	out, err := c.read.Open(nil, nonce(c.readSeq), frame, nil)
	c.readSeq++
	return out, err
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make a cipher: %w", err)
	}
	return cipher.NewGCM(block)
}

func nonce(counter uint32) []byte {
	out := make([]byte, 12)
	binary.BigEndian.PutUint32(out[8:], counter)
	return out
}
