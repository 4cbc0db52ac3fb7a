package pairing

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.mau.fi/whatsmeow/util/keys"
	"golang.org/x/crypto/curve25519"
)

const (
	codeIterations = 2 << 16
	saltLength     = 32
	ivLength       = 16
	nonceLength    = 12
	// WrappedKeyLength is the length of a public key wrapped with a code: salt,
	// iv and key.
	WrappedKeyLength = saltLength + ivLength + 32
)

// ErrWrongCode means that the code typed on the phone is not the one the
// client shows.
var ErrWrongCode = errors.New("wrong pairing code")

// NormalizeCode returns a code in its original form: without the dash, in
// capitals.
func NormalizeCode(code string) string {
	return strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(code), "-", ""))
}

// CodeLink is the phone's side of linking with a code.
type CodeLink struct {
	identity  *keys.KeyPair
	ephemeral *keys.KeyPair
	companion []byte // the client's ephemeral key, correct only if the code is
	// Wrapped is the phone's own ephemeral key, for the client.
	Wrapped []byte
}

// NewCodeLink starts with the ephemeral key that the client wrapped with the
// code.
func NewCodeLink(identity *keys.KeyPair, code string, wrapped []byte) (*CodeLink, error) {
	if len(wrapped) != WrappedKeyLength {
		return nil, fmt.Errorf("wrapped key of %d bytes", len(wrapped))
	}
	companion, err := wrapKey(code, wrapped[:saltLength], wrapped[saltLength:saltLength+ivLength], wrapped[saltLength+ivLength:])
	if err != nil {
		return nil, err
	}
	l := &CodeLink{identity: identity, ephemeral: keys.NewKeyPair(), companion: companion}
	own := make([]byte, saltLength+ivLength)
	_, _ = rand.Read(own)
	sealed, err := wrapKey(code, own[:saltLength], own[saltLength:], l.ephemeral.Pub[:])
	if err != nil {
		return nil, err
	}
	l.Wrapped = append(own, sealed...)
	return l, nil
}

// wrapKey encrypts or decrypts a key, which are the same in CTR mode.
func wrapKey(code string, salt, iv, key []byte) ([]byte, error) {
	derived, err := pbkdf2.Key(sha256.New, NormalizeCode(code), salt, codeIterations, 32)
	if err != nil {
		return nil, fmt.Errorf("derive a key from the code: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, fmt.Errorf("make a cipher: %w", err)
	}
	out := make([]byte, len(key))
	cipher.NewCTR(block, iv).XORKeyStream(out, key)
	return out, nil
}

// Finish opens the client's key bundle and returns the client's identity key
// and the secret that authenticates the device identity. It fails with
// ErrWrongCode if the two sides used different codes.
func (l *CodeLink) Finish(bundle []byte) (companionIdentity [32]byte, advSecret []byte, err error) {
	if len(bundle) < saltLength+nonceLength {
		return companionIdentity, nil, errors.New("key bundle is too short")
	}
	shared, err := curve25519.X25519(l.ephemeral.Priv[:], l.companion)
	if err != nil {
		return companionIdentity, nil, ErrWrongCode
	}
	key, err := hkdf.Key(sha256.New, shared, bundle[:saltLength], "link_code_pairing_key_bundle_encryption_key", 32)
	if err != nil {
		return companionIdentity, nil, fmt.Errorf("derive the bundle key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return companionIdentity, nil, fmt.Errorf("make a cipher: %w", err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return companionIdentity, nil, fmt.Errorf("make a cipher: %w", err)
	}
	plain, err := gcm.Open(nil, bundle[saltLength:saltLength+nonceLength], bundle[saltLength+nonceLength:], nil)
	if err != nil || len(plain) != 96 {
		return companionIdentity, nil, ErrWrongCode
	}
	if [32]byte(plain[32:64]) != *l.identity.Pub {
		return companionIdentity, nil, errors.New("the client answered another phone")
	}
	identityShared, err := curve25519.X25519(l.identity.Priv[:], plain[:32])
	if err != nil {
		return companionIdentity, nil, fmt.Errorf("agree on a key: %w", err)
	}
	secret := slices.Concat(shared, identityShared, plain[64:96])
	advSecret, err = hkdf.Key(sha256.New, secret, nil, "adv_secret", 32)
	return [32]byte(plain[:32]), advSecret, err
}
