package session

import (
	"context"

	"github.com/wasession/wasession/runtime/chat"
)

// CreateLabel creates a label, here and on the phone.
func (s *Session) CreateLabel(ctx context.Context, name string, color int) (l chat.Label, err error) {
	s.labelling.Lock()
	defer s.labelling.Unlock()
	err = s.act(ctx, func() error {
		// The phone may have used the next ID.
		if err := s.account.RefreshLabels(ctx); err != nil {
			return err
		}
		id, err := s.store.NextLabelID(ctx)
		if err != nil {
			return err
		}
		l = chat.Label{ID: id, Name: name, Color: color}
		return s.editLabel(ctx, l, false)
	})
	return l, err
}

// UpdateLabel changes a label, here and on the phone.
func (s *Session) UpdateLabel(ctx context.Context, l chat.Label) error {
	return s.act(ctx, func() error { return s.editLabel(ctx, l, false) })
}

// DeleteLabel deletes a label and takes it off all chats, here and on the phone.
func (s *Session) DeleteLabel(ctx context.Context, l chat.Label) error {
	return s.act(ctx, func() error { return s.editLabel(ctx, l, true) })
}

func (s *Session) editLabel(ctx context.Context, l chat.Label, deleted bool) error {
	if err := s.account.EditLabel(ctx, l, deleted); err != nil {
		return err
	}
	l.Raw = nil // as before; the event of the change has the new one
	return s.keep(ctx, chat.LabelEdited{Label: l, Deleted: deleted})
}

// LabelChat puts labels on a chat and takes others off, here and on the phone.
func (s *Session) LabelChat(ctx context.Context, id chat.ID, added, removed []string) error {
	return s.onChat(ctx, id, func(c chat.Chat) (changes []chat.Change, err error) {
		for _, label := range removed {
			changes = append(changes, chat.ChatLabelled{Chat: c.ID, Label: label})
		}
		for _, label := range added {
			changes = append(changes, chat.ChatLabelled{Chat: c.ID, Label: label, Labelled: true})
		}
		return changes, s.account.LabelChat(ctx, c.ID, added, removed)
	})
}
