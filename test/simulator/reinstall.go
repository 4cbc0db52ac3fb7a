package simulator

import (
	"context"

	"github.com/wasession/wasession/test/simulator/signal"
	"github.com/wasession/wasession/test/simulator/stanza"
)

// Reinstall sets up a new phone for the account: it has new keys, all
// companions are unlinked, and the clients that chatted with the account are
// told that its identity has changed.
func (u *User) Reinstall(ctx context.Context) error {
	return u.worker.do(ctx, func(ctx context.Context) error {
		if err := u.Unlink(ctx); err != nil {
			return err
		}
		old := u.device.Swap(signal.NewDevice())
		u.mu.Lock()
		clear(u.skdmSent)
		clear(u.sent)
		u.sentOrder = nil
		u.touch()
		u.mu.Unlock()
		for _, other := range u.srv.Users() {
			for _, c := range other.Companions() {
				if old.HasSession(ctx, c.JID()) {
					c.Notify("encrypt", u.pn, stanza.Node("identity", nil, nil))
				}
			}
		}
		return nil
	})
}
