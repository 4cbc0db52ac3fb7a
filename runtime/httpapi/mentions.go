package httpapi

import (
	"context"
	"errors"

	"github.com/wasession/wasession/runtime/chat"
)

// mention is a contact, or empty for "all": everybody in the group.
type mention struct{ chatOrAll }

// mentions returns the people whom a message to a chat mentions.
func (a *API) mentions(ctx context.Context, to chat.ID, named []mention) ([]chat.ID, error) {
	var ids []chat.ID
	everybody := false
	for _, m := range named {
		everybody = everybody || m.ID == ""
		if m.ID != "" {
			ids = append(ids, m.ID)
		}
	}
	if !everybody || to.Kind() != chat.KindGroup {
		return ids, nil
	}
	group, err := a.Reader.Group(ctx, to)
	if errors.Is(err, chat.ErrNotFound) {
		return nil, unprocessable("The members of this group are not known: mention them by their IDs, or refresh the groups")
	}
	if err != nil {
		return nil, err
	}
	ids = nil // they are members as well
	for _, p := range group.Participants {
		if string(p.ID) != a.me() {
			ids = append(ids, p.ID)
		}
	}
	return ids, nil
}
