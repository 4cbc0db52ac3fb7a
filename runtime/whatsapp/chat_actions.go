package whatsapp

import (
	"context"
	"time"

	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waSyncAction"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// ChatState is a chat's archived state for the account's other devices.
type ChatState struct {
	Chat chat.ID
	// Archived is the desired state.
	Archived bool
	// Last is the chat's last message; nil if it has none. Without it phones
	// unarchive the chat the next time they look at it.
	Last *chat.Message
}

// mutationsPerPatch limits one patch: the server accepts a few hundred at most.
const mutationsPerPatch = 100

// Archive syncs the archived state of chats, many in one patch. It returns how
// many of them, in order, WhatsApp accepted, also with an error.
func (a *Account) Archive(ctx context.Context, states []ChatState) (taken int, err error) {
	for len(states) > 0 {
		n := min(len(states), mutationsPerPatch/2)
		patch := appstate.PatchInfo{Type: appstate.WAPatchRegularLow}
		for _, s := range states[:n] {
			at, key := a.last(s.Chat, s.Last)
			patch.Mutations = append(patch.Mutations, appstate.BuildArchive(jid.Of(s.Chat), s.Archived, at, key).Mutations...)
		}
		if err := a.share(ctx, patch); err != nil {
			return taken, err
		}
		taken += n
		states = states[n:]
	}
	return taken, nil
}

// MarkChat syncs that a chat is read, or marked as unread.
func (a *Account) MarkChat(ctx context.Context, id chat.ID, read bool, last *chat.Message) error {
	at, key := a.last(id, last)
	return a.share(ctx, appstate.BuildMarkChatAsRead(jid.Of(id), read, at, key))
}

// PinChat syncs that a chat is pinned to the top of the list, or not.
func (a *Account) PinChat(ctx context.Context, id chat.ID, pinned bool) error {
	return a.share(ctx, appstate.BuildPin(jid.Of(id), pinned))
}

// DeleteChat syncs that a chat is deleted, up to its last message.
func (a *Account) DeleteChat(ctx context.Context, id chat.ID, last *chat.Message) error {
	at, key := a.last(id, last)
	return a.share(ctx, appstate.BuildDeleteChat(jid.Of(id), at, key, true))
}

// ClearChat syncs that a chat's messages are deleted, up to the last.
func (a *Account) ClearChat(ctx context.Context, id chat.ID, last *chat.Message) error {
	at, key := a.last(id, last)
	return a.share(ctx, clearPatch(jid.Of(id), at, key))
}

// clearPatch returns the patch that clears a chat, including starred messages
// and media.
func clearPatch(target types.JID, at time.Time, key *waCommon.MessageKey) appstate.PatchInfo {
	if at.IsZero() {
		at = time.Now()
	}
	messages := &waSyncAction.SyncActionMessageRange{LastMessageTimestamp: proto.Int64(at.Unix())}
	if key != nil {
		messages.Messages = []*waSyncAction.SyncActionMessage{{Key: key, Timestamp: proto.Int64(at.Unix())}}
	}
	const starredToo, mediaToo = "1", "1"
	return appstate.PatchInfo{Type: appstate.WAPatchRegularHigh, Mutations: []appstate.MutationInfo{{
		Index:   []string{appstate.IndexClearChat, target.String(), starredToo, mediaToo},
		Version: 6,
		Value:   &waSyncAction.SyncActionValue{ClearChatAction: &waSyncAction.ClearChatAction{MessageRange: messages}},
	}}}
}

// Star syncs that a message is starred or not.
func (a *Account) Star(ctx context.Context, m chat.Message, starred bool) error {
	sender := jid.Of(m.Participant)
	if m.Participant == "" {
		sender = jid.Of(m.Chat)
	}
	return a.share(ctx, appstate.BuildStar(jid.Of(m.Chat), sender, m.OnWire(), m.FromMe, starred))
}

// last returns the time and key of a chat's last message; zero and nil without
// one.
func (a *Account) last(id chat.ID, m *chat.Message) (time.Time, *waCommon.MessageKey) {
	if m == nil {
		return time.Time{}, nil
	}
	return time.Unix(m.Timestamp, 0), keyOf(id, *m)
}

// keyOf returns the key by which other messages refer to a message.
func keyOf(id chat.ID, m chat.Message) *waCommon.MessageKey {
	key := &waCommon.MessageKey{
		RemoteJID: proto.String(jid.Of(id).String()), FromMe: proto.Bool(m.FromMe), ID: proto.String(m.OnWire()),
	}
	if m.Participant != "" && !m.FromMe {
		key.Participant = proto.String(jid.Of(m.Participant).String())
	}
	return key
}
