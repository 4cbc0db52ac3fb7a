package session

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"github.com/wasession/wasession/runtime/chat"
)

const (
	// mostWatched limits how many chats are watched, and mostPresent how many members
	// of a group are remembered.
	mostWatched = 1000
	mostPresent = 1024
)

// presences are what the people of the watched chats were doing last. They are kept
// in memory: they are worth nothing after a restart.
type presences struct {
	mu    sync.Mutex
	chats map[chat.ID]map[chat.ID]chat.PresenceChanged
	// order has the watched chats, the one that was watched first at its beginning.
	order []chat.ID
	// changed is closed at the next presence.
	changed chan struct{}
}

func newPresences() *presences {
	return &presences{chats: map[chat.ID]map[chat.ID]chat.PresenceChanged{}, changed: make(chan struct{})}
}

// watch begins to remember a chat. It reports whether it is watched only now. Beyond the
// limit the chat that was watched first is forgotten: keys that may only read watch
// chats too, and must not use up the places of others.
func (p *presences) watch(id chat.ID) (isNew bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, watched := p.chats[id]; watched {
		return false
	}
	if len(p.order) >= mostWatched {
		p.drop(p.order[0])
	}
	p.chats[id] = map[chat.ID]chat.PresenceChanged{}
	p.order = append(p.order, id)
	return true
}

func (p *presences) drop(id chat.ID) {
	delete(p.chats, id)
	p.order = slices.DeleteFunc(p.order, func(o chat.ID) bool { return o == id })
}

func (p *presences) unwatch(id chat.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(id)
}

// note remembers the presences among changes.
func (p *presences) note(changes []chat.Change) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range changes {
		seen, ok := c.(chat.PresenceChanged)
		if !ok {
			continue
		}
		members, watched := p.chats[seen.Chat]
		if _, known := members[seen.Participant]; !watched || !known && len(members) >= mostPresent {
			continue
		}
		members[seen.Participant] = seen
		close(p.changed)
		p.changed = make(chan struct{})
	}
}

// of returns what is known of a chat, by participant, and a channel that is closed at
// the next presence.
func (p *presences) of(id chat.ID) (all []chat.PresenceChanged, watched bool, changed <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	members, watched := p.chats[id]
	all = slices.SortedFunc(maps.Values(members), func(a, b chat.PresenceChanged) int { return cmp.Compare(a.Participant, b.Participant) })
	return all, watched, p.changed
}

// watched returns the watched chats in order.
func (p *presences) watched() []chat.ID {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Sorted(maps.Keys(p.chats))
}

// forget forgets what people were doing, but not which chats are watched.
func (p *presences) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, members := range p.chats {
		clear(members)
	}
}
