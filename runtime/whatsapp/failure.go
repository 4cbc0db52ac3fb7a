package whatsapp

import (
	"context"
	"errors"
	"fmt"

	"github.com/wasession/wasession/runtime/chat"
	"go.mau.fi/whatsmeow"
)

// failure wraps an error from whatsmeow in the domain error it amounts to.
func failure(err error) error {
	var iq *whatsmeow.IQError
	if l, often := limited(err); often {
		return fmt.Errorf("%w: %w", l, err)
	}
	switch {
	case errors.Is(err, whatsmeow.ErrNotConnected), errors.Is(err, whatsmeow.ErrNotLoggedIn):
		return fmt.Errorf("%w: %w", chat.ErrNotConnected, err)
	case errors.Is(err, whatsmeow.ErrIQTimedOut), errors.Is(err, whatsmeow.ErrMessageTimedOut),
		errors.Is(err, whatsmeow.ErrIQDisconnected), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", chat.ErrUnanswered, err)
	case errors.As(err, &iq), errors.Is(err, whatsmeow.ErrAppStateUpdate), errors.Is(err, whatsmeow.ErrServerReturnedError):
		return fmt.Errorf("%w: %w", chat.ErrRefused, err)
	}
	return err
}
