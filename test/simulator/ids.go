package simulator

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
)

// newID makes an id for a stanza of the server.
func newID() string { return hex.EncodeToString(randomBytes(8)) }

// NewMessageID makes a message id as a phone does.
func NewMessageID() string {
	return "3A" + strings.ToUpper(hex.EncodeToString(randomBytes(15)))
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}
