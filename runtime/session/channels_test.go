package session_test

import (
	"testing"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/test/simulator"
)

// What is known of channels is there after a restart, and what changed meanwhile comes.
func TestChannelsAfterARestart(t *testing.T) {
	w := newWorld(t)
	n := w.srv.AddNewsletter(w.bob, "News")
	id := chat.ID(n.JID().String())
	r := w.open()
	r.pair()
	if err := r.FollowChannel(w.ctx, id); err != nil {
		t.Fatal(err)
	}
	post := func(text string) string {
		t.Helper()
		stanza, err := n.Post(w.ctx, w.bob, simulator.TextMessage(text))
		if err != nil {
			t.Fatal(err)
		}
		return stanza
	}
	first := post("first")
	r.await("the first message", func() bool { _, err := r.store.Message(w.ctx, id, first); return err == nil })
	r.close()

	n.Describe("Newer news", "")
	second := post("second")
	r = w.open()
	r.await("the second message", func() bool { _, err := r.store.Message(w.ctx, id, second); return err == nil })
	r.await("the new name", func() bool { c, err := r.store.Chat(w.ctx, id); return err == nil && c.Name == "Newer news" })
	m, err := r.store.Message(w.ctx, id, first)
	if err != nil || m.ServerID == 0 {
		t.Fatalf("the first message is %+v, %v", m, err)
	}
	if _, err := r.React(w.ctx, m, "👍"); err != nil || len(n.Reactions(first)) != 1 {
		t.Errorf("reacted: %v, %v", err, n.Reactions(first))
	}
	if err := r.UnfollowChannel(w.ctx, id); err != nil {
		t.Fatal(err)
	}
	r.close()
	r = w.open()
	if _, err := r.Channels(w.ctx); err != nil {
		t.Fatal(err)
	}
	if chats, err := r.store.Chats(w.ctx, chat.ChatQuery{}); err != nil || len(chats) != 0 {
		t.Errorf("left are %+v, %v", chats, err)
	}

	// What the phone does meanwhile comes, too.
	r.close()
	if err := w.alice.Follow(n); err != nil {
		t.Fatal(err)
	}
	r = w.open()
	r.await("the phone's channel", func() bool { c, err := r.store.Chat(w.ctx, id); return err == nil && c.Name == "Newer news" })
	r.close()
	if err := w.alice.Unfollow(n); err != nil {
		t.Fatal(err)
	}
	r = w.open()
	r.await("its end", func() bool {
		chats, err := r.store.Chats(w.ctx, chat.ChatQuery{})
		return err == nil && len(chats) == 0
	})
}
