package store

import (
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// Readers keep pages and compiled statements. A session at rest has none, and reads
// again all the same, also through a reader that was in use meanwhile.
func TestReadersAtRest(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, received(alice, "A1", 100))
	busy, err := s.readers.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := idsOf(t, s, chat.ChatQuery{}); len(got) != 1 {
		t.Fatalf("chats %v", got)
	}
	if n := s.readers.Stats().OpenConnections; n != 2 {
		t.Fatalf("%d readers are open before the rest, want 2", n)
	}
	if err := s.Rest(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := s.readers.Stats().OpenConnections; n != 1 {
		t.Errorf("%d readers are open at rest, want only the one in use", n)
	}
	if err := busy.Close(); err != nil {
		t.Fatal(err)
	}
	apply(t, s, received(bob, "B1", 200))
	if got := idsOf(t, s, chat.ChatQuery{}); len(got) != 2 {
		t.Errorf("chats %v after the rest", got)
	}
}
