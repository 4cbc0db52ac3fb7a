package simulator

import (
	"context"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// Kick drops the client's connection like a network failure. It reports whether
// there was one.
func (c *Companion) Kick() bool {
	c.user.mu.Lock()
	live := c.conn
	c.user.mu.Unlock()
	if live != nil {
		live.close()
	}
	return live != nil
}

// StreamError ends the client's stream with a code and, unless empty, a
// conflict ("replaced", "device_removed"), and then the connection: 515 makes
// it log in again, 503 reconnect. It reports whether there was a connection.
func (c *Companion) StreamError(code int, conflict string) bool {
	c.user.mu.Lock()
	live := c.conn
	c.user.mu.Unlock()
	if live != nil {
		live.send(stanza.StreamError(code, conflict))
		live.closeAfterRead()
	}
	return live != nil
}

// Kick drops the connections of all companions.
func (u *User) Kick() {
	for _, c := range u.Companions() {
		c.Kick()
	}
}

// KickAll drops every connection of the Server.
func (s *Server) KickAll() {
	for _, u := range s.Users() {
		u.Kick()
	}
}

// FailLogin refuses the logins of the account's companions from now on; nil
// accepts them again. Existing connections are not affected.
func (u *User) FailLogin(f *LoginFailure) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.loginFailure = f
	u.touch()
}

// Unlink removes all companions, as from the phone's list of linked devices.
func (u *User) Unlink(ctx context.Context) error {
	return u.worker.do(ctx, func(ctx context.Context) error {
		for _, c := range u.Companions() {
			u.remove(ctx, c)
			c.StreamError(401, "device_removed")
		}
		return nil
	})
}

// remove removes a companion.
func (u *User) remove(ctx context.Context, c *Companion) {
	u.mu.Lock()
	delete(u.companions, c.device)
	c.removed = true
	u.touch()
	u.mu.Unlock()
	u.phone().DropSession(ctx, c.JID())
	u.announceDevices(c)
}

// handleLogout handles a client that unlinks itself.
func (s *Server) handleLogout(ctx context.Context, iq *IQ) ([]waBinary.Node, error) {
	jid, _ := iq.Child.Attrs["jid"].(types.JID)
	if iq.Companion == nil || jid.Device != iq.Companion.device {
		return nil, &IQError{403, "forbidden"}
	}
	iq.User.remove(ctx, iq.Companion)
	iq.conn.closeAfterRead()
	return nil, nil
}
