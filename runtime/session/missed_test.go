package session_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/session"
)

// failing is a store that cannot take archived chats while it fails.
type failing struct {
	session.Store
	fails, failed atomic.Bool
}

var errDisk = errors.New("disk I/O error")

func (f *failing) Apply(ctx context.Context, changes ...chat.Change) error {
	for _, c := range changes {
		if _, ok := c.(chat.Archived); ok && f.fails.Load() {
			f.failed.Store(true)
			return errDisk
		}
	}
	return f.Store.Apply(ctx, changes...)
}

// A change of the app state that could not be stored is read again by itself,
// and by the next process if this one ends before.
func TestAMissedChangeOfTheSharedStateComesBack(t *testing.T) {
	for name, restart := range map[string]bool{"by itself": false, "after a restart": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			broken := &failing{}
			s := w.open(func(o *session.Options) { broken.Store, o.Store = o.Store, broken })
			s.pair()
			id, err := w.bob.SendText(w.ctx, w.alice, "hello")
			if err != nil {
				t.Fatal(err)
			}
			s.message(id)
			broken.fails.Store(true)
			if err := w.alice.PushArchive(w.ctx, types.NewJID("15550002222", types.DefaultUserServer), true); err != nil {
				t.Fatal(err)
			}
			s.await("the failure", func() bool { return broken.failed.Load() })
			if restart {
				s.close()
				s = w.open()
			} else {
				broken.fails.Store(false)
			}
			s.await("the archived chat", func() bool { return s.chatOf("15550002222@c.us").Archived })
		})
	}
}
