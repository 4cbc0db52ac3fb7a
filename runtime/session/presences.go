package session

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

const (
	// mostWatched limits how many chats are watched, and mostPresent how many members
	// of a group are remembered.
	mostWatched = 1000
	mostPresent = 1024
	// presencePatience is how long to wait for WhatsApp to answer a subscription. It
	// does not answer if the person hides it.
	presencePatience = 2 * time.Second
)

// presences are what the people of the watched chats were doing last. They are kept
// in memory: they are worth nothing after a restart.
type presences struct {
	mu    sync.Mutex
	chats map[chat.ID]map[chat.ID]chat.PresenceChanged
	// changed is closed at the next presence.
	changed chan struct{}
}

func newPresences() *presences {
	return &presences{chats: map[chat.ID]map[chat.ID]chat.PresenceChanged{}, changed: make(chan struct{})}
}

// watch begins to remember a chat. It reports whether it is watched only now.
func (p *presences) watch(id chat.ID) (isNew bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, watched := p.chats[id]; watched {
		return false, nil
	}
	if len(p.chats) >= mostWatched {
		return false, chat.Impossiblef("the presence of %d chats is watched, which is the limit until the session restarts", mostWatched)
	}
	p.chats[id] = map[chat.ID]chat.PresenceChanged{}
	return true, nil
}

func (p *presences) unwatch(id chat.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.chats, id)
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

// WatchPresence subscribes to the presence of a person or of the members of a group.
func (s *Session) WatchPresence(ctx context.Context, id chat.ID) error {
	isNew, err := s.presences.watch(id) // before the answer arrives
	if err != nil {
		return err
	}
	err = s.ask(ctx, func(ctx context.Context) error { return s.account.WatchPresence(ctx, id) })
	if err != nil && isNew {
		s.presences.unwatch(id)
	}
	return err
}

// Presence returns what the people of a chat were doing last, and subscribes to it if
// it is not watched yet.
func (s *Session) Presence(ctx context.Context, id chat.ID) ([]chat.PresenceChanged, error) {
	if known, watched, _ := s.presences.of(id); watched {
		return known, nil
	}
	if err := s.WatchPresence(ctx, id); err != nil {
		return nil, err
	}
	patient := time.NewTimer(presencePatience)
	defer patient.Stop()
	for {
		known, _, changed := s.presences.of(id)
		if len(known) > 0 || id.Kind() == chat.KindGroup { // groups answer when somebody types
			return known, nil
		}
		select {
		case <-changed:
		case <-patient.C:
			return known, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Presences returns what is known of all watched chats, by chat.
func (s *Session) Presences() []chat.ChatPresence {
	all := []chat.ChatPresence{}
	for _, id := range s.presences.watched() {
		known, _, _ := s.presences.of(id)
		all = append(all, chat.ChatPresence{Chat: id, People: known})
	}
	return all
}

// watchAgain subscribes again on a new connection: subscriptions end with the old one.
func (s *Session) watchAgain(ctx context.Context) {
	s.presences.forget()
	for _, id := range s.presences.watched() {
		if err := s.account.WatchPresence(ctx, id); err != nil {
			s.log.Warn("Failed to subscribe to a presence again", "error", err)
			return
		}
	}
}
