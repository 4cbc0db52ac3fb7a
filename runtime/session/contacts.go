package session

import (
	"context"

	"github.com/wasession/wasession/runtime/chat"
)

// NameContact names a person in the address book, here and on the phone.
func (s *Session) NameContact(ctx context.Context, id chat.ID, fullName, firstName string) error {
	return s.act(ctx, func() error {
		if err := s.account.NameContact(ctx, id, fullName, firstName); err != nil {
			return err
		}
		return s.keep(ctx, chat.ContactNamed{ID: id, Name: fullName})
	})
}
