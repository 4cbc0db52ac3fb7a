package whatsapp

import (
	"errors"
	"fmt"
	"net/http"

	"go.mau.fi/whatsmeow"

	"github.com/wasession/wasession/runtime/chat"
)

// groupRefusals are WhatsApp's reasons for not changing a group, by their codes. It has
// the same codes for members who are no admins and for people who are not in the group.
var groupRefusals = map[int]string{
	http.StatusUnauthorized:  "the account is not an admin of the group, or not in it",
	http.StatusForbidden:     "the account is not an admin of the group, or not in it",
	http.StatusNotFound:      "it knows no such group",
	http.StatusNotAcceptable: "it does not accept the value: it may be too long, or empty",
	http.StatusConflict:      "the group was changed by somebody else meanwhile: try again",
	http.StatusGone:          "the group has ended, or the invitation was withdrawn",
	419:                      "the group is full, or the account is in too many",
	http.StatusLocked:        "the group is suspended",
}

// groupFailure wraps an error about a group in the domain error it amounts to.
func groupFailure(err error) error {
	var iq *whatsmeow.IQError
	if errors.As(err, &iq) {
		if reason, ok := groupRefusals[iq.Code]; ok {
			return fmt.Errorf("%w: %s", chat.ErrRefused, reason)
		}
	}
	return failure(err)
}

// isIQ reports whether WhatsApp answered a query with a code.
func isIQ(err error, code int) bool {
	var iq *whatsmeow.IQError
	return errors.As(err, &iq) && iq.Code == code
}

// inviteFailure is groupFailure for what is asked with an invite code.
func inviteFailure(err error) error {
	switch {
	case errors.Is(err, whatsmeow.ErrInviteLinkInvalid), errors.Is(err, whatsmeow.ErrIQBadRequest), errors.Is(err, whatsmeow.ErrIQNotFound):
		return fmt.Errorf("%w: it knows no such invite code", chat.ErrRefused)
	case errors.Is(err, whatsmeow.ErrInviteLinkRevoked):
		return fmt.Errorf("%w: the invite code was revoked", chat.ErrRefused)
	case isIQ(err, http.StatusConflict):
		return fmt.Errorf("%w: the account is in the group already", chat.ErrRefused)
	case errors.Is(err, whatsmeow.ErrIQNotAuthorized), errors.Is(err, whatsmeow.ErrIQForbidden):
		return fmt.Errorf("%w: the account may not join the group, for example because it was removed from it", chat.ErrRefused)
	}
	return groupFailure(err)
}
