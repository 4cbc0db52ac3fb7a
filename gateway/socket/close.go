package socket

import (
	"errors"
	"net/http"
	"strings"

	"github.com/coder/websocket"

	"github.com/wasession/wasession/gateway/waha"
)

// closing is how a websocket is closed.
type closing struct {
	status websocket.StatusCode
	reason string
}

// How websockets are closed, as docs/gateway.md tells.
var (
	tooSlow    = closing{websocket.StatusPolicyViolation, "too slow: come back with since"}
	restarting = closing{websocket.StatusServiceRestart, "the gateway stops: come back with since"}
	laterAgain = closing{websocket.StatusTryAgainLater, "rights cannot be checked: come back with since"}
	gone       = closing{websocket.StatusGoingAway, ""}
)

func refused(reason string) closing { return closing{websocket.StatusPolicyViolation, reason} }

// maxReason is the longest reason that fits into a frame, in bytes.
const maxReason = 123

// reasonOf is how a websocket is closed because of what the client asked for, or may.
func reasonOf(err error) (closing, bool) {
	var f waha.Failure
	if !errors.As(err, &f) {
		return closing{}, false
	}
	return refused(cut(f.Text)), true
}

// isRight says whether the caller lacks a right.
func isRight(err error) bool {
	var f waha.Failure
	return errors.As(err, &f) && (f.Status == http.StatusUnauthorized || f.Status == http.StatusForbidden)
}

// cut shortens a reason at a word.
func cut(reason string) string {
	if len(reason) <= maxReason {
		return reason
	}
	short := reason[:maxReason]
	if i := strings.LastIndexByte(short, ' '); i > 0 {
		short = short[:i]
	}
	return strings.ToValidUTF8(short, "")
}
