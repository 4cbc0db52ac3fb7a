package whatsapp

import (
	"context"
	"errors"
	"fmt"

	"go.mau.fi/whatsmeow"
)

// ErrRefused wraps what WhatsApp refused.
var ErrRefused = errors.New("WhatsApp refused")

// ErrUnanswered says that no answer came: what was sent may have arrived.
var ErrUnanswered = errors.New("WhatsApp did not answer; it may have gone through all the same")

// failure sorts an error of the engine.
func failure(err error) error {
	var iq *whatsmeow.IQError
	switch {
	case errors.Is(err, whatsmeow.ErrNotConnected), errors.Is(err, whatsmeow.ErrNotLoggedIn):
		return fmt.Errorf("%w: %w", ErrNotConnected, err)
	case errors.Is(err, whatsmeow.ErrIQTimedOut), errors.Is(err, whatsmeow.ErrMessageTimedOut),
		errors.Is(err, whatsmeow.ErrIQDisconnected), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", ErrUnanswered, err)
	case errors.As(err, &iq), errors.Is(err, whatsmeow.ErrAppStateUpdate), errors.Is(err, whatsmeow.ErrServerReturnedError):
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return err
}
