package media

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

const (
	keyLength = 32
	macLength = 10
)

// ErrCorrupt is returned by Decrypt if a blob was not sealed with the given key
// and kind, or has been damaged.
var ErrCorrupt = errors.New("media: the blob does not match its key")

// Sealed is an encrypted attachment with everything that a message must carry
// for its receiver to open it.
type Sealed struct {
	Kind      Kind
	Key       []byte // 32 bytes, travels inside the end-to-end encrypted message
	Blob      []byte // what the server stores: ciphertext and a truncated MAC
	SHA256    []byte // of the plaintext
	EncSHA256 []byte // of Blob
	Length    uint64 // of the plaintext, in bytes
}

// Encrypt seals plaintext with a random key.
func Encrypt(kind Kind, plaintext []byte) (Sealed, error) {
	key := make([]byte, keyLength)
	if _, err := rand.Read(key); err != nil {
		return Sealed{}, fmt.Errorf("media: read random key: %w", err)
	}
	return EncryptWith(kind, key, plaintext)
}

// EncryptWith seals plaintext with a given key of 32 bytes, so that fixtures
// are the same in each run. It does not modify the plaintext.
func EncryptWith(kind Kind, key, plaintext []byte) (Sealed, error) {
	keys, err := expand(kind, key)
	if err != nil {
		return Sealed{}, err
	}
	block, err := aes.NewCipher(keys.cipher)
	if err != nil {
		return Sealed{}, fmt.Errorf("media: create cipher: %w", err)
	}
	pad := aes.BlockSize - len(plaintext)%aes.BlockSize
	blob := make([]byte, len(plaintext)+pad, len(plaintext)+pad+macLength)
	copy(blob, plaintext)
	copy(blob[len(plaintext):], bytes.Repeat([]byte{byte(pad)}, pad))
	cipher.NewCBCEncrypter(block, keys.iv).CryptBlocks(blob, blob)
	blob = append(blob, keys.sum(blob)...)

	plainSum, blobSum := sha256.Sum256(plaintext), sha256.Sum256(blob)
	return Sealed{
		Kind: kind, Key: bytes.Clone(key), Blob: blob,
		SHA256: plainSum[:], EncSHA256: blobSum[:], Length: uint64(len(plaintext)),
	}, nil
}

// Decrypt opens a blob. It returns ErrCorrupt if the MAC or the padding is
// wrong. It does not modify the blob.
func Decrypt(kind Kind, key, blob []byte) ([]byte, error) {
	keys, err := expand(kind, key)
	if err != nil {
		return nil, err
	}
	if len(blob) < aes.BlockSize+macLength || (len(blob)-macLength)%aes.BlockSize != 0 {
		return nil, ErrCorrupt
	}
	sealed, mac := blob[:len(blob)-macLength], blob[len(blob)-macLength:]
	if !hmac.Equal(mac, keys.sum(sealed)) {
		return nil, ErrCorrupt
	}
	block, err := aes.NewCipher(keys.cipher)
	if err != nil {
		return nil, fmt.Errorf("media: create cipher: %w", err)
	}
	plaintext := make([]byte, len(sealed))
	cipher.NewCBCDecrypter(block, keys.iv).CryptBlocks(plaintext, sealed)
	pad := int(plaintext[len(plaintext)-1])
	if pad == 0 || pad > aes.BlockSize {
		return nil, ErrCorrupt
	}
	return plaintext[:len(plaintext)-pad], nil
}

// keySet is what a media key expands to. The 32 bytes after the MAC key name
// the media to the server and are not used here.
type keySet struct{ iv, cipher, mac []byte }

func expand(kind Kind, key []byte) (keySet, error) {
	info := kind.info()
	if info == "" {
		return keySet{}, fmt.Errorf("media: unknown kind %q", kind)
	}
	if len(key) != keyLength {
		return keySet{}, fmt.Errorf("media: a key has %d bytes, got %d", keyLength, len(key))
	}
	out, err := hkdf.Key(sha256.New, key, nil, info, 112)
	if err != nil {
		return keySet{}, fmt.Errorf("media: expand key: %w", err)
	}
	return keySet{iv: out[:16], cipher: out[16:48], mac: out[48:80]}, nil
}

func (k keySet) sum(sealed []byte) []byte {
	mac := hmac.New(sha256.New, k.mac)
	mac.Write(k.iv)
	mac.Write(sealed)
	return mac.Sum(nil)[:macLength]
}
