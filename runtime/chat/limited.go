package chat

import "time"

// Limited says that something was not done because it is done too often. Text is a
// sentence for people, without a full stop.
type Limited struct {
	Text string
	// Wait is how long to wait before the next try; 0 if it is not known.
	Wait time.Duration
}

func (l Limited) Error() string { return l.Text }
