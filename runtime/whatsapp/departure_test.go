package whatsapp

import (
	"testing"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
	"github.com/wasession/wasession/test/simulator"
)

// A device that cannot decrypt a message asks for it again, days later too.
func TestSentMessagesAreKeptForThoseWhoAskAgain(t *testing.T) {
	l := paired(t)
	group := chat.ID(l.srv.AddGroup("Team", l.bob, l.alice).JID().String())
	for _, to := range []chat.ID{bobID, group} {
		l.bob.FailDecryption(1)
		m, err := l.Send(l.ctx, chat.Outgoing{To: to, Content: chat.OutgoingText{Text: "to " + string(to.Kind())}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := l.bob.Expect(l.ctx, simulator.Text(m.Body))
		if err != nil {
			t.Fatal(err)
		}
		if got.ID != m.Stanza {
			t.Errorf("sent again as %s, want %s", got.ID, m.Stanza)
		}
		var kept int
		if err := l.db.db.QueryRow(l.ctx, "SELECT count(*) FROM whatsmeow_retry_buffer WHERE message_id = $1", m.Stanza).Scan(&kept); err != nil || kept != 1 {
			t.Errorf("%s is kept %d times, %v", m.Body, kept, err)
		}
	}
}

// A contact's new phone has another identity, which takes the place of the first.
func TestANewIdentityIsStored(t *testing.T) {
	l := paired(t)
	if _, err := l.saying("to the first phone"); err != nil {
		t.Fatal(err)
	}
	first := l.identityOf(t)
	if err := l.bob.Reinstall(l.ctx); err != nil {
		t.Fatal(err)
	}
	l.received("from the second phone")
	m, err := l.saying("to the second phone")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.bob.Expect(l.ctx, simulator.Text(m.Body)); err != nil {
		t.Fatal(err)
	}
	if l.identityOf(t) == first {
		t.Error("the identity of the first phone is still stored")
	}
}

// identityOf is what is stored of the identity of Bob's phone.
func (l *live) identityOf(t *testing.T) (key string) {
	t.Helper()
	lid, err := l.db.lids.GetLIDForPN(l.ctx, jid.Of(bobID))
	if err == nil {
		err = l.db.db.QueryRow(l.ctx, "SELECT hex(identity) FROM whatsmeow_identity_keys WHERE their_id = $1", lid.SignalAddress().String()).Scan(&key)
	}
	if err != nil {
		t.Fatal(err)
	}
	return key
}
