package store

import (
	"errors"
	"math"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// nowhere returns a message that cannot be stored: JSON cannot encode its
// location.
func nowhere(stanza string) chat.Message {
	return chat.Message{Chat: bob, Stanza: stanza, Timestamp: 20, Type: chat.TypeLocation, Location: &chat.Location{Latitude: math.NaN()}}
}

func TestWhatCanNeverBeStoredIsToldApart(t *testing.T) {
	s := open(t, Options{})
	for name, c := range map[string]chat.Change{
		"a number that is none": chat.MessageReceived{Message: nowhere("A")},
		"an unknown change":     chat.Change(nil),
	} {
		if err := s.Apply(t.Context(), c); !errors.Is(err, chat.ErrUnstorable) {
			t.Errorf("%s: %v, want ErrUnstorable", name, err)
		}
	}
	// The connection still works.
	if err := s.Apply(t.Context(), chat.MessageReceived{Message: chat.Message{Chat: bob, Stanza: "B", Timestamp: 21, Type: chat.TypeText}}); err != nil {
		t.Error(err)
	}
}

// A batch of the history that cannot be stored does not cost the batches before
// it.
func TestABatchThatCannotBeStoredLeavesTheOthers(t *testing.T) {
	s := open(t, Options{})
	batch := func(m chat.Message) []chat.HistoryChat {
		return []chat.HistoryChat{{Chat: chat.Chat{ID: m.Chat}, Messages: []chat.Message{m}}}
	}
	fine := func(stanza string) chat.Message {
		return chat.Message{Chat: bob, Stanza: stanza, Timestamp: 10, Type: chat.TypeText, Body: stanza}
	}
	if err := s.Import(t.Context(), batch(fine("A"))); err != nil {
		t.Fatal(err)
	}
	bad := nowhere("B")
	bad.Chat = "15550009999@c.us" // first seen here, and rolled back with it
	if err := s.Import(t.Context(), batch(bad)); !errors.Is(err, chat.ErrUnstorable) {
		t.Fatalf("error %v", err)
	}
	again := fine("C")
	again.Chat = bad.Chat
	for _, m := range []chat.Message{fine("D"), again} {
		if err := s.Import(t.Context(), batch(m)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.ImportDone(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := s.Messages(t.Context(), chat.MessageQuery{})
	if err != nil || len(all) != 3 {
		t.Errorf("%d messages are stored (%v), want A, C and D", len(all), err)
	}
}
