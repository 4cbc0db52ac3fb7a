package appstate

import (
	"time"

	waAppState "go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waSyncAction"
	"google.golang.org/protobuf/proto"
)

// A Change is one thing that the phone sets or removes. Its constructors take
// the JID of the chat as a string.
type Change struct {
	Collection Collection
	Index      []string
	Version    int32
	Value      *waSyncAction.SyncActionValue // nil for removals
	Remove     bool
}

// LastMessage is the newest message of a chat at the time of a change. With it
// a phone says how far an archive or a delete reaches.
type LastMessage struct {
	ID     string
	At     time.Time
	FromMe bool
	Sender string // JID of the sender, in groups
}

// Archive archives or unarchives a chat. Like a phone, it also unpins a chat
// that it archives, and then makes two changes.
func Archive(chat string, archived bool, last *LastMessage) []Change {
	changes := []Change{{
		Collection: waAppState.WAPatchRegularLow, Index: []string{waAppState.IndexArchive, chat}, Version: 3,
		Value: &waSyncAction.SyncActionValue{ArchiveChatAction: &waSyncAction.ArchiveChatAction{
			Archived: proto.Bool(archived), MessageRange: messageRange(chat, last),
		}},
	}}
	if archived {
		changes = append(changes, Pin(chat, false))
	}
	return changes
}

// Pin pins or unpins a chat.
func Pin(chat string, pinned bool) Change {
	return Change{
		Collection: waAppState.WAPatchRegularLow, Index: []string{waAppState.IndexPin, chat}, Version: 5,
		Value: &waSyncAction.SyncActionValue{PinAction: &waSyncAction.PinAction{Pinned: proto.Bool(pinned)}},
	}
}

// Mute mutes a chat until a time, or forever if until is Forever. The zero time
// unmutes it.
func Mute(chat string, until time.Time) Change {
	action := &waSyncAction.MuteAction{Muted: proto.Bool(!until.IsZero())}
	switch {
	case until.Equal(Forever):
		action.MuteEndTimestamp = proto.Int64(-1)
	case !until.IsZero():
		action.MuteEndTimestamp = proto.Int64(until.UnixMilli())
	}
	return Change{
		Collection: waAppState.WAPatchRegularHigh, Index: []string{waAppState.IndexMute, chat}, Version: 2,
		Value: &waSyncAction.SyncActionValue{MuteAction: action},
	}
}

// MarkRead marks a chat as read or unread.
func MarkRead(chat string, read bool, last *LastMessage) Change {
	return Change{
		Collection: waAppState.WAPatchRegularLow, Index: []string{waAppState.IndexMarkChatAsRead, chat}, Version: 3,
		Value: &waSyncAction.SyncActionValue{MarkChatAsReadAction: &waSyncAction.MarkChatAsReadAction{
			Read: proto.Bool(read), MessageRange: messageRange(chat, last),
		}},
	}
}

// Star stars or unstars a message. The sender is the JID of the author in
// groups and empty elsewhere.
func Star(chat, messageID string, fromMe bool, sender string, starred bool) Change {
	if sender == "" {
		sender = "0"
	}
	return Change{
		Collection: waAppState.WAPatchRegularHigh, Version: 2,
		Index: []string{waAppState.IndexStar, chat, messageID, flag(fromMe), sender},
		Value: &waSyncAction.SyncActionValue{StarAction: &waSyncAction.StarAction{Starred: proto.Bool(starred)}},
	}
}

// DeleteChat deletes a chat.
func DeleteChat(chat string, deleteMedia bool, last *LastMessage) Change {
	return Change{
		Collection: waAppState.WAPatchRegularHigh, Version: 6,
		Index: []string{waAppState.IndexDeleteChat, chat, flag(deleteMedia)},
		Value: &waSyncAction.SyncActionValue{DeleteChatAction: &waSyncAction.DeleteChatAction{
			MessageRange: messageRange(chat, last),
		}},
	}
}

// ClearChat removes the messages of a chat but keeps the chat.
func ClearChat(chat string, deleteStarred, deleteMedia bool, last *LastMessage) Change {
	return Change{
		Collection: waAppState.WAPatchRegularHigh, Version: 6,
		Index: []string{waAppState.IndexClearChat, chat, flag(deleteStarred), flag(deleteMedia)},
		Value: &waSyncAction.SyncActionValue{ClearChatAction: &waSyncAction.ClearChatAction{
			MessageRange: messageRange(chat, last),
		}},
	}
}

// PushName sets the name that others see.
func PushName(name string) Change {
	return Change{
		Collection: waAppState.WAPatchCriticalBlock, Index: []string{waAppState.IndexSettingPushName}, Version: 1,
		Value: &waSyncAction.SyncActionValue{PushNameSetting: &waSyncAction.PushNameSetting{Name: proto.String(name)}},
	}
}

// Contact saves a contact in the address book. The chat is its phone number JID; lid
// may be empty.
func Contact(chat, lid, fullName, firstName string) Change {
	action := &waSyncAction.ContactAction{
		FullName: proto.String(fullName), FirstName: proto.String(firstName),
		SaveOnPrimaryAddressbook: proto.Bool(true),
	}
	if lid != "" {
		action.LidJID = proto.String(lid)
	}
	return Change{
		Collection: waAppState.WAPatchCriticalUnblockLow, Index: []string{waAppState.IndexContact, chat}, Version: 2,
		Value: &waSyncAction.SyncActionValue{ContactAction: action},
	}
}

// UnarchiveChats sets whether a new message unarchives a chat.
func UnarchiveChats(unarchive bool) Change {
	return Change{
		Collection: waAppState.WAPatchRegularLow, Index: []string{waAppState.IndexSettingUnarchiveChats}, Version: 4,
		Value: &waSyncAction.SyncActionValue{UnarchiveChatsSetting: &waSyncAction.UnarchiveChatsSetting{
			UnarchiveChats: proto.Bool(unarchive),
		}},
	}
}

// NCTSalt shares the salt with which companions sign messages to strangers.
func NCTSalt(salt []byte) Change {
	return Change{
		Collection: waAppState.WAPatchRegularHigh, Index: []string{waAppState.IndexNCTSaltSync}, Version: 1,
		Value: &waSyncAction.SyncActionValue{NctSaltSyncAction: &waSyncAction.NctSaltSyncAction{Salt: salt}},
	}
}

// Removed returns the change that removes whatever c sets.
func Removed(c Change) Change {
	return Change{Collection: c.Collection, Index: c.Index, Version: c.Version, Remove: true}
}

func messageRange(chat string, last *LastMessage) *waSyncAction.SyncActionMessageRange {
	if last == nil {
		return &waSyncAction.SyncActionMessageRange{}
	}
	key := &waCommon.MessageKey{
		RemoteJID: proto.String(chat), FromMe: proto.Bool(last.FromMe), ID: proto.String(last.ID),
	}
	if last.Sender != "" {
		key.Participant = proto.String(last.Sender)
	}
	at := proto.Int64(last.At.Unix())
	return &waSyncAction.SyncActionMessageRange{
		LastMessageTimestamp: at,
		Messages:             []*waSyncAction.SyncActionMessage{{Key: key, Timestamp: at}},
	}
}

func flag(set bool) string {
	if set {
		return "1"
	}
	return "0"
}
