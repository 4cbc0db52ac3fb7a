package pacing

import (
	"errors"

	"github.com/wasession/wasession/runtime/chat"
)

// Outcome is what becomes of a message that waited, after it was tried.
type Outcome int

// The outcomes. After Paused nothing is sent for a while.
const (
	Ended    Outcome = iota // it was sent, or cannot be
	Retried                 // it is tried again, as if it had not been
	Paused                  // the same, and WhatsApp wants less to be sent
	Doubtful                // it is tried again under the same ID if no receipt comes
	Given                   // up: it is not tried any more
)

// MaxTries is how often a message is tried whose tries end in doubt or with an error
// that may pass.
const MaxTries = 3

// Judge returns the outcome of a try, the last of several.
func Judge(err error, tries int) Outcome {
	switch {
	case err == nil, errors.Is(err, chat.ErrRefused), errors.Is(err, chat.ErrNobody):
		return Ended
	case errors.As(err, new(chat.Limited)):
		return Paused
	case errors.Is(err, chat.ErrNotConnected):
		return Retried
	case tries >= MaxTries:
		return Given
	}
	return Doubtful
}
