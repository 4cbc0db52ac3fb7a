package simulator

import (
	"context"
	"strconv"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// LoginFailure is the error that a login is refused with.
type LoginFailure struct {
	// Reason is 401 (logged out), 402 (temporarily banned), 403 (banned), 405
	// (client outdated), 406 (banned for good), 429 (too many logins), 500 or 503.
	Reason int
	// Code and Expire go with reason 402: the cause and the duration.
	Code   int
	Expire time.Duration
}

// open decides, after the handshake, what a connection is for.
func (c *conn) open(p *waWa6.ClientPayload) error {
	if p.GetUsername() == 0 && p.GetDevicePairingData() != nil {
		return c.offerPairing(p.GetDevicePairingData())
	}
	u := c.srv.User(strconv.FormatUint(p.GetUsername(), 10))
	if u == nil {
		c.refuse(LoginFailure{Reason: 401})
		return nil
	}
	u.mu.Lock()
	comp := u.companions[uint16(p.GetDevice())]
	failure := u.loginFailure
	if failure == nil && (comp == nil || comp.noise != c.static) {
		failure = &LoginFailure{Reason: 401}
	}
	if failure == nil && u.overLogins() {
		failure = &LoginFailure{Reason: codeOverLimit}
	}
	if failure != nil {
		u.mu.Unlock()
		c.refuse(*failure)
		return nil
	}
	defer u.mu.Unlock()
	if old := comp.conn; old != nil {
		old.send(stanza.StreamError(0, "replaced"))
		old.closeAfterRead()
	}
	c.user, c.companion = u, comp
	comp.conn, comp.active = c, false
	u.touch()
	c.send(stanza.Node("success", waBinary.Attrs{
		"t":                    time.Now().Unix(),
		"lid":                  comp.LID(),
		"display_name":         u.name,
		"location":             "sim",
		"creation":             time.Now().Unix(),
		"companion_enc_static": "AA==",
	}, nil))
	return nil
}

// refuse answers a login with a failure and closes the connection.
func (c *conn) refuse(f LoginFailure) {
	attrs := waBinary.Attrs{"reason": f.Reason, "location": "sim"}
	if f.Code != 0 {
		attrs["code"] = f.Code
	}
	if f.Expire > 0 {
		attrs["expire"] = int64(f.Expire / time.Second)
	}
	c.send(stanza.Node("failure", attrs, nil))
	c.closeAfterRead()
}

// logout detaches an ended connection from its companion.
func (c *conn) logout() {
	c.user.mu.Lock()
	defer c.user.mu.Unlock()
	if c.companion.conn != c {
		return // a newer connection has replaced it
	}
	c.companion.conn, c.companion.active = nil, false
	c.user.touch()
}

// handleActive sends a client that is ready for it everything that it missed.
func (s *Server) handleActive(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	comp, c := iq.Companion, iq.conn
	// The result must come before the queue. Otherwise the client would receive
	// all missed messages before it knows that it is connected.
	c.send(stanza.Result(iq.Node, nil))
	comp.user.mu.Lock()
	defer comp.user.mu.Unlock()
	if comp.conn != c {
		return nil, errNoReply
	}
	comp.queue.rewind()
	counts := comp.queue.counts()
	c.send(stanza.Node("ib", waBinary.Attrs{"from": types.ServerJID}, []waBinary.Node{
		stanza.Node("offline_preview", waBinary.Attrs{
			"count":        comp.queue.items.Len(),
			"message":      counts["message"],
			"receipt":      counts["receipt"],
			"notification": counts["notification"],
			"appdata":      0,
		}, nil),
	}))
	c.offline = comp.queue.items.Len()
	comp.active = true
	comp.user.touch()
	if c.offline == 0 {
		c.endOffline()
	}
	comp.pump()
	if !comp.greeted {
		comp.greeted = true
		s.runLinkedHooks(comp)
	}
	return nil, errNoReply
}

// endOffline tells the client that it has received everything that it missed.
func (c *conn) endOffline() {
	c.send(stanza.Node("ib", waBinary.Attrs{"from": types.ServerJID}, []waBinary.Node{
		stanza.Node("offline", waBinary.Attrs{"count": c.offline}, nil),
	}))
}

func (s *Server) runLinkedHooks(comp *Companion) {
	u := comp.user
	u.worker.post(func(ctx context.Context) {
		s.mu.RLock()
		hooks := s.linkedHooks
		s.mu.RUnlock()
		for _, hook := range hooks {
			hook(ctx, u, comp)
		}
	})
}
