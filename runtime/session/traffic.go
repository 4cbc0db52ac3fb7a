package session

import (
	"sync/atomic"

	"github.com/wasession/wasession/runtime/chat"
)

// traffic counts the messages that came and went since the process began. Those of the
// history are not among them.
type traffic struct{ received, sent atomic.Int64 }

func (t *traffic) count(changes []chat.Change) {
	for _, c := range changes {
		switch c := c.(type) {
		case chat.MessageReceived:
			if c.Message.FromMe {
				t.sent.Add(1)
			} else {
				t.received.Add(1)
			}
		case chat.SendEnded:
			if c.Ack >= chat.AckServer {
				t.sent.Add(1)
			}
		}
	}
}

// Traffic returns how many messages were received and sent, on whatever device, since
// the process began. One that WhatsApp delivers again is counted again.
func (s *Session) Traffic() (received, sent int64) {
	return s.traffic.received.Load(), s.traffic.sent.Load()
}

// limited counts what WhatsApp refused because the account does it too often.
type limited struct{ requests, logins atomic.Int64 }

// Limited returns how many requests, messages among them, and how many logins WhatsApp
// refused since the process began because the account had too many of them.
func (s *Session) Limited() (requests, logins int64) {
	return s.limited.requests.Load(), s.limited.logins.Load()
}
