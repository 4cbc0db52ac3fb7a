// Package history makes the chat history that a phone sends to a new companion:
// from plain Go values to the compressed payloads of WhatsApp's history sync,
// and whole made-up accounts of any size.
package history

import (
	"iter"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
)

// Forever is the end of a mute that never ends: the last second that JSON can
// represent.
var Forever = time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)

// Type says which part of the history a chunk is.
type Type string

// The types with content. Bootstrap comes first, with the newest chats; Recent
// and Full follow with the rest; PushNames only has names; OnDemand answers a
// request.
const (
	Bootstrap Type = "INITIAL_BOOTSTRAP"
	Recent    Type = "RECENT"
	Full      Type = "FULL"
	PushNames Type = "PUSH_NAME"
	OnDemand  Type = "ON_DEMAND"
)

// Chunk is one payload.
type Chunk struct {
	Type     Type
	Order    uint32 // counts the chunks of one sync, from 1
	Progress uint32 // percent of the whole sync that is done after this chunk
	Chats    []Chat
	// Names are the push names of people, by JID.
	Names map[string]string
	// Mappings are LIDs by phone number JID.
	Mappings map[types.JID]types.JID
	Settings *Settings
	// NCTSalt is the salt with which companions sign messages to strangers.
	NCTSalt []byte
}

// Source is the history that a phone has.
type Source interface {
	// Overview lists all chats without their messages.
	Overview() iter.Seq[Chat]
	// Chunks returns the payloads of a first sync.
	Chunks() iter.Seq[Chunk]
	// Lookup returns a chat with all its messages, by any of its addresses.
	Lookup(jid types.JID) (Chat, bool)
}

// Settings are account settings that are sent with the first chunk.
type Settings struct {
	// LIDMigration is when the account's chats moved to LIDs; zero: they have not.
	LIDMigration time.Time
	// UnarchiveChats is set if a new message unarchives a chat.
	UnarchiveChats bool
}

// Chat is a conversation.
type Chat struct {
	ID types.JID // phone number, LID or group
	// Alternative is the other address of the person, if the phone knows both.
	Alternative  types.JID
	Name         string // as in the address book, or the subject of a group
	LastActivity time.Time
	Archived     bool
	Pinned       time.Time // when it was pinned; zero: not pinned
	MutedUntil   time.Time // Forever, or zero: not muted
	Unread       int
	MarkedUnread bool
	Participants []Participant // of groups
	// Messages in any order; payloads carry them newest first, as phones do.
	Messages []Message
	// Complete is set if the phone has no older messages of this chat.
	Complete bool
	// Ephemeral is the time after which messages disappear; zero: never.
	Ephemeral time.Duration
}

// Participant is a member of a group.
type Participant struct {
	ID    types.JID
	Admin bool
}

// Status is how far one of our own messages has got.
type Status int32

// The states of delivery. Received messages have Delivered or Read.
const (
	Pending   Status = 1
	Sent      Status = 2
	Delivered Status = 3
	Read      Status = 4
	Played    Status = 5
)

// Message is one message of a chat.
type Message struct {
	ID       string
	At       time.Time
	FromMe   bool
	Sender   types.JID // of others, in groups
	PushName string    // of the sender
	Status   Status
	Starred  bool
	Body     *waE2E.Message
}
