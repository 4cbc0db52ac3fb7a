package wire

import "encoding/json"

// Envelope is the body of webhooks and websocket messages.
type Envelope struct {
	// ID is "evt_" and a ULID in lower case; the same for each attempt.
	ID string `json:"id"`
	// Timestamp is when the event was stored, in unix milliseconds.
	Timestamp int64             `json:"timestamp"`
	Event     string            `json:"event"`
	Session   string            `json:"session"`
	Metadata  map[string]string `json:"metadata"`
	// Me is null while the session is not paired.
	Me          *Me             `json:"me"`
	Payload     json.RawMessage `json:"payload"`
	Engine      string          `json:"engine"`
	Environment Environment     `json:"environment"`
}
