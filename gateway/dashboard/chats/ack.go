package chats

// Ack is how far a message of the account has come.
type Ack struct {
	// Name is for style sheets, and Label for people.
	Name, Label string
	// Marks is what the phone shows: a clock, one or two ticks.
	Marks string
}

// newAck is the receipt with a number of the API.
func newAck(n int) Ack {
	switch {
	case n < 0:
		return Ack{"error", "Not sent", "!"}
	case n == 0:
		return Ack{"pending", "Waiting to be sent", "◷"}
	case n == 1:
		return Ack{"sent", "Sent", "✓"}
	case n == 2:
		return Ack{"delivered", "Delivered", "✓✓"}
	case n == 3:
		return Ack{"read", "Read", "✓✓"}
	}
	return Ack{"played", "Played", "✓✓"}
}
