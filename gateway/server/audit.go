package server

import (
	"context"
	"net/http"

	"github.com/wasession/wasession/gateway/access"
)

// note is what is known of a request, for its metrics and the audit log.
type note struct {
	route, caller, session string
	action                 access.Action
	// refused is a websocket that was opened to be closed with a reason.
	refused bool
}

type noteKey struct{}

func withNote(ctx context.Context) (context.Context, *note) {
	n := &note{route: "none"}
	return context.WithValue(ctx, noteKey{}, n), n
}

// noteOf is the note of a request; a new one if it has none.
func noteOf(ctx context.Context) *note {
	if n, ok := ctx.Value(noteKey{}).(*note); ok {
		return n
	}
	return &note{}
}

// audit writes a line for each change of a session or a key, and for each call that
// was refused: who, what, which session, from where, and never what was in it.
func (s *Server) audit(r *http.Request, n *note, status int) {
	refused := n.refused
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusConflict, http.StatusTooManyRequests:
		refused = true
	}
	changes := r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions &&
		n.action != access.Read && n.action != access.Send && n.caller != ""
	if refused || changes {
		s.Log.Info("Audit", "caller", n.caller, "method", r.Method, "route", n.route, "session", n.session, "status", status, "from", r.RemoteAddr)
	}
}
