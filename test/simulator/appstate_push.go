package simulator

import (
	"context"
	"slices"
	"time"

	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/appstate"
)

// Push changes app state on the phone, and tells the companions.
func (u *User) Push(ctx context.Context, changes ...appstate.Change) error {
	state, err := u.AppState()
	if err != nil {
		return err
	}
	versions, err := state.Push(ctx, changes...)
	for _, name := range appstate.Collections {
		if version, changed := versions[name]; changed {
			u.announceAppState(name, version, nil)
		}
	}
	return err
}

// PushArchive archives or unarchives a chat on the phone.
func (u *User) PushArchive(ctx context.Context, chat types.JID, archived bool) error {
	return u.Push(ctx, appstate.Archive(chat.String(), archived, u.lastMessage(chat))...)
}

// PushPin pins or unpins a chat on the phone.
func (u *User) PushPin(ctx context.Context, chat types.JID, pinned bool) error {
	return u.Push(ctx, appstate.Pin(chat.String(), pinned))
}

// PushMute mutes a chat on the phone until a time or appstate.Forever; the zero time
// unmutes it.
func (u *User) PushMute(ctx context.Context, chat types.JID, until time.Time) error {
	return u.Push(ctx, appstate.Mute(chat.String(), until))
}

// PushRead marks a chat as read or unread on the phone.
func (u *User) PushRead(ctx context.Context, chat types.JID, read bool) error {
	return u.Push(ctx, appstate.MarkRead(chat.String(), read, u.lastMessage(chat)))
}

// PushStar stars or unstars a message on the phone; sender is the author of the
// message in groups and empty elsewhere.
func (u *User) PushStar(ctx context.Context, chat types.JID, messageID string, fromMe bool, sender types.JID, starred bool) error {
	return u.Push(ctx, appstate.Star(chat.String(), messageID, fromMe, sender.String(), starred))
}

// PushLabel creates or changes a label on the phone.
func (u *User) PushLabel(ctx context.Context, id string, label appstate.Label) error {
	return u.Push(ctx, appstate.EditLabel(id, label))
}

// PushLabelled puts a label on a chat on the phone, or takes it off.
func (u *User) PushLabelled(ctx context.Context, id string, chat types.JID, labelled bool) error {
	return u.Push(ctx, appstate.LabelChat(id, chat.String(), labelled))
}

// PushDeleteChat deletes a chat on the phone.
func (u *User) PushDeleteChat(ctx context.Context, chat types.JID) error {
	return u.Push(ctx, appstate.DeleteChat(chat.String(), true, u.lastMessage(chat)))
}

// PushClearChat removes the messages of a chat on the phone.
func (u *User) PushClearChat(ctx context.Context, chat types.JID) error {
	return u.Push(ctx, appstate.ClearChat(chat.String(), true, true, u.lastMessage(chat)))
}

// PushContact saves somebody in the phone's address book.
func (u *User) PushContact(ctx context.Context, contact *User, fullName, firstName string) error {
	return u.Push(ctx, appstate.Contact(contact.pn.String(), contact.lid.String(), fullName, firstName))
}

// PushName changes the name of the account, on the phone and for others.
func (u *User) PushName(ctx context.Context, name string) error {
	u.SetName(name)
	return u.Push(ctx, appstate.PushName(name))
}

// lastMessage returns the newest message of a chat that reached the phone, or
// nil. A phone uses it to say how far an action reaches.
func (u *User) lastMessage(chat types.JID) *appstate.LastMessage {
	other := u.srv.UserByJID(chat)
	inbox := u.Inbox()
	for _, r := range slices.Backward(inbox) {
		direct := other != nil && r.Chat.Server != types.GroupServer &&
			(r.From.User == other.pn.User || r.Own && r.Chat.User == other.on(r.Chat.Server).User)
		if r.Kind != KindMessage || r.Chat != chat && !direct {
			continue
		}
		last := &appstate.LastMessage{ID: r.ID, At: r.Time, FromMe: r.Own}
		if chat.Server == types.GroupServer && !r.Own {
			last.Sender = r.From.ToNonAD().String()
		}
		return last
	}
	return nil
}

// ChatState returns what the phone knows about a chat from app state, by number
// or LID.
func (u *User) ChatState(chat types.JID) appstate.Chat {
	state, err := u.AppState()
	if err != nil {
		u.srv.log.Error("Failed to read a chat state", "phone", u.pn, "error", err)
		return appstate.Chat{}
	}
	return state.Chat(chat.String())
}

// Label returns what the phone knows about a label, by its id.
func (u *User) Label(id string) appstate.Label {
	state, err := u.AppState()
	if err != nil {
		u.srv.log.Error("Failed to read a label", "phone", u.pn, "error", err)
		return appstate.Label{}
	}
	return state.View().Labels[id]
}

// PatchCount returns how many app state patches companions of the account have
// sent.
func (u *User) PatchCount() int {
	state, err := u.AppState()
	if err != nil {
		u.srv.log.Error("Failed to count patches", "phone", u.pn, "error", err)
		return 0
	}
	return state.Stats().ClientPatches
}

// AwaitAppState waits until check returns true for the phone's app state, or
// ctx ends.
func (u *User) AwaitAppState(ctx context.Context, check func(*appstate.State) bool) error {
	state, err := u.AppState()
	if err != nil {
		return err
	}
	for {
		// check looks up accounts, which must not be done under the account's
		// lock.
		u.mu.Lock()
		changed := u.changed.wait()
		u.mu.Unlock()
		if check(state) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-u.srv.ctx.Done():
			return ErrClosed
		}
	}
}
