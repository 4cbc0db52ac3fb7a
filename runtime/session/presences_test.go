package session

import (
	"errors"
	"fmt"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// Whoever knows the number can send a presence: what is remembered has bounds.
func TestPresencesAreBounded(t *testing.T) {
	p := newPresences()
	const group chat.ID = "1203@g.us"
	p.note([]chat.Change{chat.PresenceChanged{Chat: group, Participant: "1@c.us"}})
	if known, watched, _ := p.of(group); watched || len(known) != 0 {
		t.Errorf("of a chat that nobody watches: %v", known)
	}
	for _, want := range []bool{true, false} {
		if isNew, err := p.watch(group); isNew != want || err != nil {
			t.Errorf("watched anew %t, %v", isNew, err)
		}
	}
	for i := range mostPresent + 5 {
		p.note([]chat.Change{chat.PresenceChanged{Chat: group, Participant: chat.ID(fmt.Sprintf("%d@c.us", i)), Presence: chat.PresenceTyping}})
	}
	p.note([]chat.Change{chat.PresenceChanged{Chat: group, Participant: "0@c.us", Presence: chat.PresencePaused}})
	known, _, _ := p.of(group)
	if len(known) != mostPresent || known[0].Participant != "0@c.us" || known[0].Presence != chat.PresencePaused {
		t.Errorf("%d are known, the first is %+v", len(known), known[0])
	}
	for i := range mostWatched - 1 {
		if _, err := p.watch(chat.ID(fmt.Sprintf("%d@c.us", i))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.watch("one-more@c.us"); !errors.As(err, new(chat.Impossible)) {
		t.Errorf("beyond the limit: %v", err)
	}
	p.forget()
	if known, watched, _ := p.of(group); !watched || len(known) != 0 {
		t.Errorf("forgotten: %v, watched %t", known, watched)
	}
	p.unwatch(group)
	if _, err := p.watch("one-more@c.us"); err != nil {
		t.Error(err)
	}
}
