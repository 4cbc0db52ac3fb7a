package store

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// Expired messages are removed, chats and the contents of events stay, and the
// file shrinks.
func TestExpire(t *testing.T) {
	s := open(t, Options{Encode: whole})
	must(s.Webhook(t.Context(), "a"))(t)
	const old = 1200
	for i := range old {
		m := received(bob, fmt.Sprint("OLD", i), int64(1000+i))
		m.Message.Body, m.Message.FromMe, m.Message.Ack = strings.Repeat("long ago ", 50), i%2 == 0, chat.Ack(i%4)
		apply(t, s, m)
	}
	apply(t, s, received(bob, "NEW", 50_000), received(alice, "ALICE", 2000))
	before := must(s.EventsFrom(t.Context(), 0, 3))(t)
	if err := s.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	size := s.Stats().Database
	if n := must(s.Expire(t.Context(), 50_000))(t); n != old+1 {
		t.Errorf("%d messages removed, want %d", n, old+1)
	}
	left := must(s.Messages(t.Context(), chat.MessageQuery{}))(t)
	if len(left) != 1 || left[0].Stanza != "NEW" {
		t.Errorf("%d messages are left", len(left))
	}
	chats := must(s.Chats(t.Context(), chat.ChatQuery{}))(t)
	if len(chats) != 2 || chats[0].ID != bob || chats[1].ID != alice || chats[1].LastMessage != nil {
		t.Errorf("chats %+v", chats)
	}
	after := must(s.EventsFrom(t.Context(), 0, 3))(t)
	for i := range before {
		if string(before[i].Payload) != string(after[i].Payload) {
			t.Errorf("event %d shows %s, but showed %s", i, after[i].Payload, before[i].Payload)
		}
	}
	// Events that no webhook waits for free their space.
	if err := s.Advance(t.Context(), "a", 0, must(s.LastSeq(t.Context()))(t)); err != nil {
		t.Fatal(err)
	}
	must(s.Prune(t.Context(), chat.OutboxRules{Now: s.now().AddDate(1, 0, 0)}))(t)
	if err := s.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if now := s.Stats().Database; now > size/2 {
		t.Errorf("the file has %d bytes, had %d", now, size)
	}
}

// A caller was told that a message that waits will be sent, however long that takes.
func TestWhatWaitsDoesNotExpire(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, queued(friend, "A", 100), queued(stranger, "B", 100))
	apply(t, s, ended(friend, "A", chat.AckServer))
	if n := must(s.Expire(t.Context(), 50_000))(t); n != 1 {
		t.Errorf("%d messages removed, want the one that was sent", n)
	}
	wantWaiting(t, s, "+B")
}
