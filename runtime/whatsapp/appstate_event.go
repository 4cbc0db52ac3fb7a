package whatsapp

import (
	"cmp"
	"time"

	"go.mau.fi/whatsmeow/proto/waSyncAction"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// appStateChanges translates a change of the app state, such as archiving,
// pinning or muting, on this or another device.
func (m mapper) appStateChanges(evt any) []chat.Change {
	switch evt := evt.(type) {
	case *events.Archive:
		return m.inChat(evt.JID, func(id chat.ID) []chat.Change {
			return []chat.Change{chat.Archived{Chat: id, Archived: evt.Action.GetArchived(), Timestamp: unix(evt.Timestamp)}}
		})
	case *events.UnarchiveChatsSetting:
		return []chat.Change{chat.UnarchiveChats{On: evt.Action.GetUnarchiveChats()}}
	case *events.Pin:
		return m.inChat(evt.JID, func(id chat.ID) []chat.Change {
			change := chat.PinnedChat{Chat: id}
			if evt.Action.GetPinned() {
				change.At = max(unix(evt.Timestamp), 1)
			}
			return []chat.Change{change}
		})
	case *events.Mute:
		return m.inChat(evt.JID, func(id chat.ID) []chat.Change {
			return []chat.Change{chat.Muted{Chat: id, Until: mutedUntil(evt.Action)}}
		})
	case *events.MarkChatAsRead:
		return m.inChat(evt.JID, func(id chat.ID) []chat.Change { return markedRead(id, evt) })
	case *events.DeleteChat:
		return m.inChat(evt.JID, func(id chat.ID) []chat.Change {
			return []chat.Change{chat.ChatDeleted{Chat: id, Timestamp: rangeEnd(evt.Action.GetMessageRange(), evt.Timestamp)}}
		})
	case *events.ClearChat:
		return m.inChat(evt.JID, func(id chat.ID) []chat.Change {
			return []chat.Change{chat.ChatCleared{Chat: id, Timestamp: rangeEnd(evt.Action.GetMessageRange(), evt.Timestamp)}}
		})
	case *events.Star:
		return m.inChat(evt.ChatJID, func(id chat.ID) []chat.Change {
			return []chat.Change{chat.Starred{Chat: id, Stanza: chat.SafeStanza(evt.MessageID), Starred: evt.Action.GetStarred()}}
		})
	case *events.DeleteForMe:
		return m.inChat(evt.ChatJID, func(id chat.ID) []chat.Change {
			return []chat.Change{chat.DeletedForMe{Chat: id, Stanza: chat.SafeStanza(evt.MessageID)}}
		})
	case *events.Contact:
		return m.contact(evt)
	case *events.LabelEdit:
		return labelEdited(evt)
	case *events.LabelAssociationChat:
		return m.chatLabelled(evt)
	}
	return nil
}

// inChat returns the changes for a chat; none if the address is not a chat.
func (m mapper) inChat(j types.JID, make func(chat.ID) []chat.Change) []chat.Change {
	if id := m.person(j, types.EmptyJID); id != "" {
		return make(id)
	}
	return nil
}

func mutedUntil(a *waSyncAction.MuteAction) int64 {
	switch {
	case !a.GetMuted():
		return 0
	case a.GetMuteEndTimestamp() < 0:
		return -1
	case a.GetMuteEndTimestamp() == 0:
		return -1
	}
	return a.GetMuteEndTimestamp() / 1000
}

func markedRead(id chat.ID, evt *events.MarkChatAsRead) []chat.Change {
	if !evt.Action.GetRead() {
		return []chat.Change{chat.MarkedUnread{Chat: id, Unread: true}}
	}
	return []chat.Change{
		chat.SelfRead{Chat: id, Timestamp: rangeEnd(evt.Action.GetMessageRange(), evt.Timestamp)},
		chat.MarkedUnread{Chat: id, Unread: false},
	}
}

// rangeEnd returns the time of the last message that an action covers, in
// seconds. Phones send seconds or milliseconds.
func rangeEnd(r *waSyncAction.SyncActionMessageRange, at time.Time) int64 {
	const firstMillis = 1 << 38 // far beyond any time in seconds
	last := max(r.GetLastMessageTimestamp(), r.GetLastSystemMessageTimestamp())
	if last >= firstMillis {
		last /= 1000
	}
	if last <= 0 {
		return unix(at)
	}
	return last
}

// contact translates an entry of the address book, which may hold a LID mapping.
func (m mapper) contact(evt *events.Contact) []chat.Change {
	var changes []chat.Change
	lid, pn := jid.ParseChatID(evt.Action.GetLidJID()), jid.ParseChatID(evt.Action.GetPnJID())
	id := jid.ChatID(evt.JID)
	if jid.IsPhone(evt.JID) && pn == "" {
		pn = id
	}
	if lid.IsLID() && pn != "" && !pn.IsLID() {
		changes = append(changes, chat.LIDMapped{LID: lid, Phone: pn})
		id = pn
	}
	if id == "" {
		return changes
	}
	return append(changes, chat.ContactNamed{
		ID: id, Name: cmp.Or(evt.Action.GetFullName(), evt.Action.GetFirstName()),
	})
}
