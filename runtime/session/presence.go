package session

import (
	"context"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// presencePatience is how long to wait for WhatsApp to answer a subscription. It does
// not answer if the person hides it.
const presencePatience = 2 * time.Second

// WatchPresence subscribes to the presence of a person or of the members of a group.
func (s *Session) WatchPresence(ctx context.Context, id chat.ID) error {
	isNew := s.presences.watch(id) // before the answer arrives
	err := s.ask(ctx, func(ctx context.Context) error { return s.account.WatchPresence(ctx, id) })
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
