package simulator

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
)

// newID returns an id for a stanza of the server.
func newID() string { return hex.EncodeToString(randomBytes(8)) }

// NewMessageID returns a message id like a phone's.
func NewMessageID() string {
	return "3A" + strings.ToUpper(hex.EncodeToString(randomBytes(15)))
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}
