package delivery

import "net/http"

// unauthorized is the reason that clients are told who have no key, or no longer.
const unauthorized = "Unauthorized"

// permit is a connection's right to go on, which ends with its key.
type permit struct {
	request *http.Request
	socket  *Socket
	// changed is closed when the keys have changed since they were looked at.
	changed <-chan struct{}
}

// permit must be made before the request is authorized for the first time, so
// that no change goes unseen.
func (s *Socket) permit(r *http.Request) *permit {
	p := &permit{request: r, socket: s}
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
		return !p.socket.Authorize(p.request)
	default:
		return false
	}
}
