package session_test

import (
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/session"
)

// Messages of ignored chats leave nothing behind, neither from the history nor new ones.
// They are acknowledged, so that WhatsApp does not deliver them again.
func TestIgnoredChats(t *testing.T) {
	w := newWorld(t)
	demo(t, w)
	g := w.srv.AddGroup("Lunch", w.alice, w.bob)
	s := w.open(func(o *session.Options) { o.Config.Ignore = []v1.IgnoredChats{v1.IgnoreGroups} })
	s.pair()
	s.awaitHistory(demoParts)
	if _, err := w.bob.SendGroupText(w.ctx, g, "who is hungry?"); err != nil {
		t.Fatal(err)
	}
	id, err := w.bob.SendText(w.ctx, w.alice, "hello")
	if err != nil {
		t.Fatal(err)
	}
	s.message(id) // sent after the other, and stored
	messages, err := s.store.Messages(w.ctx, chat.MessageQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		if m.Chat.Kind() == chat.KindGroup {
			t.Fatalf("a group's message is stored: %+v", m)
		}
	}

	// The setting takes effect at once.
	s.Configure(v1.Config{}, "", nil)
	heard, err := w.bob.SendGroupText(w.ctx, g, "anybody?")
	if err != nil {
		t.Fatal(err)
	}
	s.message(heard)
}
