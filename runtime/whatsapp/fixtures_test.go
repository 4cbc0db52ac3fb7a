package whatsapp

import "go.mau.fi/whatsmeow/proto/waE2E"

func text(s string) *waE2E.Message { return &waE2E.Message{Conversation: &s} }

func future(m *waE2E.Message) *waE2E.FutureProofMessage {
	return &waE2E.FutureProofMessage{Message: m}
}

// nesting is how deep a JSON text without brackets in its strings is nested.
func nesting(encoded []byte) (most int) {
	depth := 0
	for _, c := range encoded {
		switch c {
		case '{', '[':
			depth++
			most = max(most, depth)
		case '}', ']':
			depth--
		}
	}
	return most
}
