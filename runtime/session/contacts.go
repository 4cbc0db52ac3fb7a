package session

import (
	"cmp"
	"context"
	"errors"

	"github.com/wasession/wasession/runtime/chat"
)

// NameContact names a person in the address book, here and on the phone. fullName
// includes firstName.
func (s *Session) NameContact(ctx context.Context, id chat.ID, fullName, firstName string) error {
	return s.act(ctx, func() error {
		person, err := s.addresses(ctx, id)
		if err != nil {
			return err
		}
		if err := s.account.NameContact(ctx, person, fullName, firstName); err != nil {
			return err
		}
		return s.keep(ctx, chat.ContactNamed{ID: cmp.Or(person.Phone, person.LID), Name: fullName})
	})
}

// addresses returns what is known of a person's two IDs, of which one is given.
func (s *Session) addresses(ctx context.Context, id chat.ID) (p chat.LIDPair, err error) {
	if id.IsLID() {
		p.LID = id
		p.Phone, err = s.store.PhoneOf(ctx, id)
	} else {
		p.Phone = id
		p.LID, err = s.store.LIDOf(ctx, id)
	}
	if errors.Is(err, chat.ErrNotFound) {
		return p, nil
	}
	return p, err
}
