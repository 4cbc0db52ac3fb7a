package signal

import (
	"bytes"
	"crypto/rand"
	"errors"
)

// Pad appends 1 to 15 bytes, each of which holds their number.
func Pad(plaintext []byte) []byte {
	var b [1]byte
	_, _ = rand.Read(b[:])
	n := b[0]%15 + 1
	return append(bytes.Clone(plaintext), bytes.Repeat([]byte{n}, int(n))...)
}

// Unpad removes what Pad appended.
func Unpad(padded []byte) ([]byte, error) {
	if len(padded) == 0 {
		return nil, errors.New("empty plaintext")
	}
	n := int(padded[len(padded)-1])
	if n == 0 || n > len(padded) || !bytes.HasSuffix(padded, bytes.Repeat([]byte{byte(n)}, n)) {
		return nil, errors.New("plaintext has invalid padding")
	}
	return padded[:len(padded)-n], nil
}
