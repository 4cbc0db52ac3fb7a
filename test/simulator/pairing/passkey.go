package pairing

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"

	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/util/keys"
	"golang.org/x/crypto/curve25519"
	"google.golang.org/protobuf/proto"
)

// codeAlphabet is the alphabet of pairing codes, without similar letters and
// digits.
var codeAlphabet = base32.NewEncoding("123456789ABCDEFGHJKLMNPQRSTVWXYZ")

// PasskeyLink is the phone's side of linking a client whose user has presented
// a passkey.
type PasskeyLink struct {
	ephemeral *keys.KeyPair
	nonce     []byte

	companion  *waCompanionReg.CompanionEphemeralIdentity
	identity   []byte // the companion's, in the form that the commitment covers
	commitment []byte
}

// NewPasskeyLink starts with the client's prologue. proof shows that this is
// the client whose QR code the phone scanned; qrSecret is the secret in that
// code.
func NewPasskeyLink(prologue, proof, qrSecret []byte) (*PasskeyLink, error) {
	key, err := hkdf.Key(sha256.New, qrSecret, nil, "shortcake-passkey-handoff-v1", 32)
	if err != nil {
		return nil, fmt.Errorf("derive the handoff key: %w", err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(prologue)
	if !hmac.Equal(mac.Sum(nil), proof) {
		return nil, errors.New("the client cannot prove that the QR code was its own")
	}
	var payload waCompanionReg.ProloguePayload
	if err = proto.Unmarshal(prologue, &payload); err != nil {
		return nil, fmt.Errorf("parse prologue: %w", err)
	}
	l := &PasskeyLink{
		ephemeral: keys.NewKeyPair(), nonce: make([]byte, 32),
		companion:  &waCompanionReg.CompanionEphemeralIdentity{},
		identity:   payload.GetCompanionEphemeralIdentity(),
		commitment: payload.GetCommitment().GetHash(),
	}
	_, _ = rand.Read(l.nonce)
	if err = proto.Unmarshal(l.identity, l.companion); err != nil {
		return nil, fmt.Errorf("parse the client's identity: %w", err)
	}
	return l, nil
}

// Ref returns the reference that the client was given for this link.
func (l *PasskeyLink) Ref() string { return l.companion.GetRef() }

// Identity returns the phone's answer to the client.
func (l *PasskeyLink) Identity() ([]byte, error) {
	return proto.Marshal(&waCompanionReg.PrimaryEphemeralIdentity{PublicKey: l.ephemeral.Pub[:], Nonce: l.nonce})
}

// Code takes the nonce that the client committed to, and returns the code that
// both sides show.
func (l *PasskeyLink) Code(companionNonce []byte) (string, error) {
	commitment := sha256.Sum256(slices.Concat(l.identity, companionNonce))
	if !hmac.Equal(commitment[:], l.commitment) {
		return "", errors.New("the client's nonce is not the one it committed itself to")
	}
	digest := sha256.Sum256(slices.Concat(companionNonce, l.ephemeral.Pub[:]))
	code := make([]byte, 5)
	for i := range code {
		code[i] = l.nonce[i] ^ digest[i]
	}
	text := codeAlphabet.EncodeToString(code)
	return text[:4] + "-" + text[4:], nil
}

// Open decrypts the client's request, which contains its keys and the secret
// that authenticates the device identity.
func (l *PasskeyLink) Open(encrypted []byte) (*waCompanionReg.PairingRequest, error) {
	var wrapped waCompanionReg.EncryptedPairingRequest
	if err := proto.Unmarshal(encrypted, &wrapped); err != nil {
		return nil, fmt.Errorf("parse the request: %w", err)
	}
	shared, err := curve25519.X25519(l.ephemeral.Priv[:], l.companion.GetPublicKey())
	if err != nil {
		return nil, fmt.Errorf("agree on a key: %w", err)
	}
	salt := fmt.Sprintf("Companion Pairing %d with ref %s", l.companion.GetDeviceType(), l.Ref())
	key, err := hkdf.Key(sha256.New, shared, []byte(salt), "Pairing Information Encryption Key", 32)
	if err != nil {
		return nil, fmt.Errorf("derive the request key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make a cipher: %w", err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make a cipher: %w", err)
	}
	if len(wrapped.GetIV()) != gcm.NonceSize() {
		return nil, errors.New("the request has an iv of a wrong length")
	}
	plain, err := gcm.Open(nil, wrapped.GetIV(), wrapped.GetEncryptedPayload(), nil)
	if err != nil {
		return nil, fmt.Errorf("decrypt the request: %w", err)
	}
	req := &waCompanionReg.PairingRequest{}
	if err = proto.Unmarshal(plain, req); err != nil {
		return nil, fmt.Errorf("parse the request: %w", err)
	}
	return req, nil
}
