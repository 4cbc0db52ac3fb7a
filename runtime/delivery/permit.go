package delivery

import (
	"net/http"
	"time"
)

// unauthorized is the close reason for clients without a valid key.
const unauthorized = "Unauthorized"

// permit is a connection's authorization, which ends with its key.
type permit struct {
	request *http.Request
	opened  time.Time
	socket  *Socket
	// changed is closed when the keys change after they were checked.
	changed <-chan struct{}
}

// allowed reports whether the connection may be opened.
func (p *permit) allowed() bool { return p.socket.Authorize(p.request, p.opened) }

// permit must be called before the request is first authorized, so that no change is
// missed.
func (s *Socket) permit(r *http.Request) *permit {
	p := &permit{request: r, opened: time.Now(), socket: s}
	if s.Changed != nil {
		p.changed = s.Changed()
	}
	return p
}

// revoked reports whether the key is no longer valid. It checks only after keys
// changed.
func (p *permit) revoked() bool {
	select {
	case <-p.changed:
		p.changed = p.socket.Changed()
		return !p.socket.Authorize(p.request, p.opened)
	default:
		return false
	}
}
