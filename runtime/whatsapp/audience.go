package whatsapp

import (
	"cmp"
	"context"
	"fmt"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

type audienceKey struct{}

// toAudience returns a context in which a status goes to these people only; to
// everyone whom the privacy settings name if there are none.
func toAudience(ctx context.Context, people []chat.ID) context.Context {
	if len(people) == 0 {
		return ctx
	}
	return context.WithValue(ctx, audienceKey{}, people)
}

// concerned are the people who hear of what is done to a message, such as a reaction: to a
// status its author, or those it was published to. There are none if everyone does.
func concerned(m chat.Message) []chat.ID {
	switch {
	case m.Chat != chat.StatusBroadcast:
		return nil
	case m.FromMe:
		return m.Audience
	}
	return []chat.ID{m.Participant}
}

// audience is whatsmeow's store of contacts, from which it takes the recipients of a
// status. There is no other way to choose them.
type audience struct{ store.ContactStore }

// GetAllContacts implements store.ContactStore.
func (a audience) GetAllContacts(ctx context.Context) (map[types.JID]types.ContactInfo, error) {
	people, chosen := ctx.Value(audienceKey{}).([]chat.ID)
	if !chosen {
		return a.ContactStore.GetAllContacts(ctx)
	}
	contacts := make(map[types.JID]types.ContactInfo, len(people))
	for _, id := range people {
		// whatsmeow leaves out contacts without a name.
		contacts[jid.Of(id)] = types.ContactInfo{Found: true, FullName: id.User()}
	}
	return contacts, nil
}

// choosable fails if these recipients of a status cannot be chosen: whatsmeow does not
// look at contacts when the account's privacy settings list who gets statuses.
func (a *Account) choosable(ctx context.Context, c *whatsmeow.Client, people []chat.ID) error {
	if len(people) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(a.opts.SendPatience, defaultPatience)/3)
	defer cancel()
	defer context.AfterFunc(a.ctx, cancel)()
	settings, err := c.GetStatusPrivacy(ctx)
	if err != nil {
		return fmt.Errorf("%w: the privacy settings could not be read: %w", chat.ErrNotSent, err)
	}
	if settings[0].Type == types.StatusPrivacyTypeWhitelist {
		return chat.Impossible("the account's privacy settings list who gets its statuses, so contacts cannot be chosen: leave contacts out, or change the settings on the phone")
	}
	return nil
}
