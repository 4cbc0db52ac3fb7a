package chat

// Ack is a message's delivery state, with WAHA's values.
type Ack int

// The states of a message.
const (
	AckError   Ack = -1
	AckPending Ack = 0
	AckServer  Ack = 1
	AckDevice  Ack = 2
	AckRead    Ack = 3
	AckPlayed  Ack = 4
)

var ackNames = map[Ack]string{
	AckError: "ERROR", AckPending: "PENDING", AckServer: "SERVER",
	AckDevice: "DEVICE", AckRead: "READ", AckPlayed: "PLAYED",
}

// String is the ack's name on the HTTP API.
func (a Ack) String() string { return ackNames[a] }

// ParseAck reads an ack's name; ok is false for anything else.
func ParseAck(name string) (a Ack, ok bool) {
	for a, n := range ackNames {
		if n == name {
			return a, true
		}
	}
	return 0, false
}

// Raised returns the ack after an update: acks never decrease, except that ERROR
// replaces PENDING.
func (a Ack) Raised(news Ack) Ack {
	if news > a || news == AckError && a == AckPending {
		return news
	}
	return a
}
