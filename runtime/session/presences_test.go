package session

import (
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
		if isNew := p.watch(group); isNew != want {
			t.Errorf("watched anew %t", isNew)
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
	p.forget()
	if known, watched, _ := p.of(group); !watched || len(known) != 0 {
		t.Errorf("forgotten: %v, watched %t", known, watched)
	}
	// Beyond the limit, the chat that was watched first makes room.
	for i := range mostWatched {
		p.watch(chat.ID(fmt.Sprintf("%d@c.us", i)))
	}
	if _, watched, _ := p.of(group); watched || len(p.watched()) != mostWatched {
		t.Errorf("%d are watched, the first of them: %t", len(p.watched()), watched)
	}
	p.unwatch("0@c.us")
	p.watch("another@c.us")
	if _, watched, _ := p.of("1@c.us"); !watched || len(p.watched()) != mostWatched {
		t.Errorf("%d are watched, with room for another", len(p.watched()))
	}
}
