package session_test

import (
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"go.mau.fi/whatsmeow/types"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/session"
)

// written is a log that can be looked at.
type written struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *written) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *written) has(s string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), s)
}

// An account that is linked while another one's data is open, and stays so,
// brings nothing into it and loses nothing: all of it is there once its own data
// is open.
func TestAnAccountThatIsNotClaimedIsHeld(t *testing.T) {
	w := newWorld(t)
	log, other, claimed := &written{}, make(chan struct{}, 1), make(chan [2]string, 1)
	held := w.open(func(o *session.Options) {
		o.Logger = slog.New(slog.NewTextHandler(log, nil))
		o.Claim = func(phone, lid string) (bool, error) {
			claimed <- [2]string{phone, lid}
			return false, nil
		}
		o.OtherAccount = func() {
			select {
			case other <- struct{}{}:
			default:
			}
		}
	})
	team := w.srv.AddGroup("Team", w.alice, w.bob)
	held.awaitPhase(v1.PhaseScanQRCode)
	code, _, err := held.QR(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	companion, err := w.alice.ScanQR(w.ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	if who := <-claimed; who != [2]string{w.alice.PN().User, w.alice.LID().User} {
		t.Errorf("asked for the account %v", who)
	}
	<-other
	if err := companion.WaitConnected(w.ctx); err != nil {
		t.Fatal(err)
	}
	if err := w.alice.PushPin(w.ctx, types.NewJID(w.bob.PN().User, types.DefaultUserServer), true); err != nil {
		t.Fatal(err)
	}
	direct, err := w.bob.SendText(w.ctx, w.alice, "for Alice")
	if err != nil {
		t.Fatal(err)
	}
	inGroup, err := w.bob.SendGroupText(w.ctx, team, "for the team")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{direct, inGroup} {
		held.await("that "+id+" came", func() bool { return log.has("Handler for " + id + " failed") })
	}
	if _, err := held.Send(w.ctx, text(bobID, held.NewMessageID(), "hello")); err == nil {
		t.Error("a message is sent from the other account")
	}
	if s := held.Status(); s.Phase == v1.PhaseWorking || s.Me != nil {
		t.Errorf("status %+v", s)
	}
	for _, id := range []string{direct, inGroup} {
		if _, err := held.store.Message(w.ctx, "", id); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("a message of the other account is stored: %v", err)
		}
	}
	if n, err := held.store.CountGroups(w.ctx); n != 0 || err != nil {
		t.Errorf("%d groups of the other account are stored, %v", n, err)
	}
	held.close()
	if acked := companion.Acked(); len(acked) != 0 {
		t.Errorf("acknowledged and not stored: %v", acked)
	}

	own := w.open()
	own.message(direct)
	own.message(inGroup)
	own.await("the pinned chat", func() bool { return own.chatOf("15550002222@c.us").PinnedAt != 0 })
	own.await("the group", func() bool { n, err := own.store.CountGroups(w.ctx); return n == 1 && err == nil })
}

// logTo is a logger that writes into a log.
func logTo(log *written) *slog.Logger { return slog.New(slog.NewTextHandler(log, nil)) }
