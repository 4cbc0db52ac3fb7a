package chat

import (
	"fmt"
	"strconv"
	"strings"
)

// MessageID names a message on the HTTP API:
// {true|false}_{chat}_{STANZA}, in groups and broadcasts followed by
// _{participant}.
type MessageID struct {
	FromMe bool
	Chat   ID
	// Stanza is WhatsApp's own id of the message, unique per chat and sender.
	Stanza string
	// Participant is the sender in groups and broadcasts; else empty.
	Participant ID
}

// String is the id as the HTTP API writes it.
func (m MessageID) String() string {
	s := strconv.FormatBool(m.FromMe) + "_" + string(m.Chat) + "_" + m.Stanza
	if m.Participant == "" {
		return s
	}
	return s + "_" + string(m.Participant)
}

// maxMessageIDLength limits an ID in bytes before it is parsed; the parser reports
// anything shorter more precisely.
const maxMessageIDLength = 4 * maxIDLength

// ParseMessageID reads a full id, or a bare stanza id, for which Chat is empty
// and full is false.
func ParseMessageID(s string) (id MessageID, full bool, err error) {
	if len(s) > maxMessageIDLength {
		return MessageID{}, false, fmt.Errorf("must be at most %d characters long", maxMessageIDLength)
	}
	parts := strings.Split(s, "_")
	if len(parts) == 1 {
		if !isStanza(s) {
			return MessageID{}, false, fmt.Errorf("%q is not a message id", s)
		}
		return MessageID{Stanza: s}, false, nil
	}
	if len(parts) > 4 || len(parts) < 3 || (parts[0] != "true" && parts[0] != "false") {
		return MessageID{}, false, fmt.Errorf("%q is not of the form true_<chat>_<id>", s)
	}
	id = MessageID{FromMe: parts[0] == "true", Stanza: parts[2]}
	if id.Chat, err = ParseID(parts[1]); err != nil {
		return MessageID{}, false, fmt.Errorf("chat %w", err)
	}
	if !isStanza(id.Stanza) {
		return MessageID{}, false, fmt.Errorf("%q is not a message id", s)
	}
	if len(parts) == 4 {
		if id.Participant, err = ParseID(parts[3]); err != nil {
			return MessageID{}, false, fmt.Errorf("participant %w", err)
		}
	}
	return id, true, nil
}

// isStanza accepts the IDs of WhatsApp and its clients: at most 128 letters, digits,
// dots and hyphens, not starting with a dot.
func isStanza(s string) bool {
	if s == "" || len(s) > 128 || s[0] == '.' {
		return false
	}
	for _, r := range s {
		switch {
		case r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '-':
		default:
			return false
		}
	}
	return true
}
