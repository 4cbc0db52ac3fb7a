package chat

import (
	"crypto/sha256"
	"encoding/hex"
)

// PlainStanza reports whether an id can be part of a MessageID unchanged.
func PlainStanza(s string) bool { return isStanza(s) }

// StanzaDigest identifies any id, plain or not, in 64 hexadecimal digits.
func StanzaDigest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// SafeStanza is the id that a message is known by. WhatsApp's ids are plain
// words, but the sender chooses them, and they become part of URLs and of
// MessageID: an id that is not plain is replaced by a digest of itself, the same
// each time.
func SafeStanza(wire string) string {
	if wire == "" || isStanza(wire) {
		return wire
	}
	sum := sha256.Sum256([]byte(wire))
	return "X-" + hex.EncodeToString(sum[:16])
}

// maxWireStanza limits, in bytes, the foreign ids that are kept unchanged.
const maxWireStanza = 512

// SetStanza sets the message's id from the one it arrived with.
func (m *Message) SetStanza(wire string) {
	m.Stanza, m.WireStanza = SafeStanza(wire), ""
	if m.Stanza != wire && len(wire) <= maxWireStanza {
		m.WireStanza = wire
	}
}

// OnWire returns the id that WhatsApp uses for the message.
func (m *Message) OnWire() string {
	if m.WireStanza != "" {
		return m.WireStanza
	}
	return m.Stanza
}
