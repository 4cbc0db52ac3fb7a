package httpapi

import (
	"context"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// Reader is what the API reads from: the store, never WhatsApp. Reads work
// while the session is disconnected.
type Reader interface {
	// Chats returns a page of chats.
	Chats(ctx context.Context, q chat.ChatQuery) ([]chat.Chat, error)
	// Chat returns one chat by any of its ids; ErrNotFound.
	Chat(ctx context.Context, id chat.ID) (chat.Chat, error)
	// Messages returns a page of messages.
	Messages(ctx context.Context, q chat.MessageQuery) ([]chat.Message, error)
	// MessagePage reads a page of messages piece by piece.
	MessagePage(q chat.MessageQuery) chat.Pager[chat.Message]
	// Message finds a message by its stanza id in a chat (any id of the chat;
	// empty: any chat); ErrNotFound.
	Message(ctx context.Context, chatID chat.ID, stanza string) (chat.Message, error)
	// MessageByID finds a message by its full id; ErrNotFound.
	MessageByID(ctx context.Context, id chat.MessageID) (chat.Message, error)
	// MessageByDigest finds a message with an unusual stanza ID by the ID's
	// chat.StanzaDigest and the rest of its ID; ErrNotFound.
	MessageByDigest(ctx context.Context, id chat.MessageID, digest string) (chat.Message, error)
	// UnreadMessages returns a chat's unread messages from others, newest first, none
	// older than since (unix seconds).
	UnreadMessages(ctx context.Context, id chat.ID, since int64, limit int) ([]chat.Message, error)
	// Picture returns the cached picture of a chat; ErrNotFound if none is cached.
	Picture(ctx context.Context, id chat.ID) (chat.Picture, error)
	// Labels returns all labels, Label one with its Raw; ErrNotFound.
	Labels(ctx context.Context) ([]chat.Label, error)
	Label(ctx context.Context, id string) (chat.Label, error)
	// Counts counts the chats.
	Counts(ctx context.Context) (chat.Counts, error)
	People
}

// Session is the live session: pairing, and everything that needs WhatsApp. Calls
// that need WhatsApp wait a few seconds for the session to be WORKING, and fail
// with ErrNotConnected otherwise. When they return, their changes are in the store
// and their events in the outbox.
type Session interface {
	// Status returns the current status.
	Status() v1.Status
	// Statuses returns the last changes of Phase, oldest first.
	Statuses() []chat.PhaseChange
	// Watch returns a channel that is closed at the next change of status.
	Watch() <-chan struct{}
	// QR is the code to scan now; ErrNotPairing outside SCAN_QR_CODE.
	QR(ctx context.Context) (code string, until time.Time, err error)
	// RequestCode asks for a pairing code ("ABCD-ABCD") for a number in digits;
	// ErrNotPairing outside SCAN_QR_CODE.
	RequestCode(ctx context.Context, phoneNumber string) (string, error)
	// PasskeyRequest is WhatsApp's request for a passkey, PresentPasskey answers it.
	// PasskeyCode is the code to compare with the phone's, which ConfirmPasskey confirms.
	PasskeyRequest() (chat.PasskeyRequest, error)
	PresentPasskey(ctx context.Context, a chat.PasskeyAssertion) error
	PasskeyCode() (string, error)
	ConfirmPasskey(ctx context.Context) error
	// Start, Stop and Restart connect and disconnect; Logout unlinks.
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	Restart(ctx context.Context) error
	Logout(ctx context.Context) error

	ArchiveChat(ctx context.Context, id chat.ID, archived bool) error
	PinChat(ctx context.Context, id chat.ID, pinned bool) error
	MarkChatUnread(ctx context.Context, id chat.ID) error
	DeleteChat(ctx context.Context, id chat.ID) error
	ClearChat(ctx context.Context, id chat.ID) error
	CreateLabel(ctx context.Context, name string, color int) (chat.Label, error)
	UpdateLabel(ctx context.Context, l chat.Label) error
	DeleteLabel(ctx context.Context, l chat.Label) error
	// LabelChat puts labels on a chat, by ID, and takes others off.
	LabelChat(ctx context.Context, id chat.ID, added, removed []string) error
	// MarkRead sends read receipts for the messages and marks the chat read.
	MarkRead(ctx context.Context, id chat.ID, messages []chat.Message) error
	// PinMessage pins for a duration; 0 unpins.
	PinMessage(ctx context.Context, m chat.Message, d time.Duration) error
	// EditMessage replaces text or caption; ErrTooLate after WhatsApp's window.
	EditMessage(ctx context.Context, m chat.Message, text string, mentions []chat.ID) (chat.Message, error)
	// RevokeMessage deletes for everyone; viewers are the audience of a status.
	RevokeMessage(ctx context.Context, m chat.Message, viewers ...chat.ID) (chat.Message, error)
	// Picture fetches a chat's picture from WhatsApp and caches it; an empty URL means
	// that there is none.
	Picture(ctx context.Context, id chat.ID) (chat.Picture, error)
	Sender
	Groups
	Channels
}

// Channels asks WhatsApp about channels, and changes which are followed. A channel that
// WhatsApp does not know is ErrNotFound.
type Channels interface {
	// Channels lists those that the account follows or runs.
	Channels(ctx context.Context) ([]chat.Channel, error)
	Channel(ctx context.Context, id chat.ID) (chat.Channel, error)
	ChannelOfInvite(ctx context.Context, code string) (chat.Channel, error)
	// CreateChannel takes the path of an image, or none.
	CreateChannel(ctx context.Context, name, description, path string) (chat.Channel, error)
	// ChannelPosts returns the last posts, newest first; they need not be stored.
	ChannelPosts(ctx context.Context, id chat.ID, limit int) ([]chat.ChannelPost, error)
	// UnfollowChannel also removes the channel's chat.
	FollowChannel(ctx context.Context, id chat.ID) error
	UnfollowChannel(ctx context.Context, id chat.ID) error
	MuteChannel(ctx context.Context, id chat.ID, muted bool) error
}

// Groups changes groups on WhatsApp, and asks it about them.
type Groups interface {
	// RefreshGroups fetches all groups again; LeaveGroup leaves one, DeleteGroup also
	// deletes its chat.
	RefreshGroups(ctx context.Context) error
	LeaveGroup(ctx context.Context, id chat.ID) error
	DeleteGroup(ctx context.Context, id chat.ID) error
	EditGroup(ctx context.Context, id chat.ID, edit chat.GroupEdit) error
	// SetGroupPicture takes the path of an image; empty removes the picture.
	SetGroupPicture(ctx context.Context, id chat.ID, path string) error
	// CreateGroup also returns what became of each person.
	CreateGroup(ctx context.Context, subject string, who []chat.ID) (chat.Group, []chat.MemberResult, error)
	// ChangeMembers sends an invitation to those who cannot be added, if invite is set.
	ChangeMembers(ctx context.Context, g chat.Group, action chat.GroupAction, who []chat.ID, invite bool) ([]chat.MemberResult, error)
	// InviteLink returns the link by which people join, or makes a new one.
	InviteLink(ctx context.Context, id chat.ID, renew bool) (string, error)
	GroupOfInvite(ctx context.Context, code string) (chat.Group, error)
	// JoinGroup returns joined as false if an admin has to approve that first.
	JoinGroup(ctx context.Context, code string) (id chat.ID, joined bool, err error)
	JoinRequests(ctx context.Context, id chat.ID) ([]chat.JoinRequest, error)
	AnswerJoinRequests(ctx context.Context, id chat.ID, approve bool, who []chat.ID) ([]chat.MemberResult, error)
}

// People reads contacts and groups from the store.
type People interface {
	// Contacts returns a page of the contacts whose name is known.
	Contacts(ctx context.Context, q chat.ListQuery) ([]chat.Contact, error)
	// Contact returns a contact by any of their IDs; ErrNotFound if no name is known.
	Contact(ctx context.Context, id chat.ID) (chat.Contact, error)
	// Groups returns a page of groups with their participants.
	Groups(ctx context.Context, q chat.ListQuery) ([]chat.Group, error)
	// Group returns one group; ErrNotFound.
	Group(ctx context.Context, id chat.ID) (chat.Group, error)
	// CountGroups counts them.
	CountGroups(ctx context.Context) (int, error)
	// LIDs returns a page of the known mappings from LID to phone number.
	LIDs(ctx context.Context, q chat.ListQuery) ([]chat.LIDPair, error)
	// CountLIDs counts them.
	CountLIDs(ctx context.Context) (int, error)
	// PhoneOf is the number of a LID, LIDOf the LID of a number; ErrNotFound.
	PhoneOf(ctx context.Context, lid chat.ID) (chat.ID, error)
	LIDOf(ctx context.Context, phone chat.ID) (chat.ID, error)
}

// Sender sends to WhatsApp and queries it. Each call waits a few seconds for
// WORKING and fails with ErrNotConnected otherwise.
type Sender interface {
	// NewMessageID generates an ID for a message to send.
	NewMessageID() string
	// Send stores a message as PENDING, then sends it. With ErrUnanswered it also
	// returns the message, which may have been sent.
	Send(ctx context.Context, o chat.Outgoing) (chat.Message, error)
	// SendingPlan returns the limits on sends, and what waits because of them: Send
	// returns such a message as PENDING. CancelSend removes one that waits
	// (ErrNotFound if it does not), CancelSends all of them.
	SendingPlan(ctx context.Context) (chat.SendingPlan, error)
	CancelSend(ctx context.Context, m chat.Message) error
	CancelSends(ctx context.Context) (int, error)
	// React sets the account's reaction to a message; an empty text removes it.
	React(ctx context.Context, m chat.Message, text string) (chat.Message, error)
	// Vote chooses options of a poll in place of those chosen before, none to take the
	// vote back, and returns the vote.
	Vote(ctx context.Context, poll chat.Message, options []string) (chat.Message, error)
	Star(ctx context.Context, m chat.Message, starred bool) error
	RejectCall(ctx context.Context, from chat.ID, id string) error
	// Show sends a typing, recording or paused indicator to a chat.
	Show(ctx context.Context, id chat.ID, doing chat.Doing) error
	SetOnline(ctx context.Context, online bool) error
	// WatchPresence subscribes to the presence of a person or group. Presence returns
	// what is known, and subscribes if need be; Presences returns all that is watched.
	WatchPresence(ctx context.Context, id chat.ID) error
	Presence(ctx context.Context, id chat.ID) ([]chat.PresenceChanged, error)
	Presences() []chat.ChatPresence
	// Lookup finds the account of a phone number (digits); empty if there is none.
	Lookup(ctx context.Context, number string) (chat.ID, error)
	// SetName and SetAbout change the account's own profile; an empty about text
	// removes it.
	SetName(ctx context.Context, name string) error
	SetAbout(ctx context.Context, text string) error
	// SetProfilePicture takes the path of an image; empty removes the picture.
	SetProfilePicture(ctx context.Context, path string) error
	// About fetches a contact's about text.
	About(ctx context.Context, id chat.ID) (string, error)
	Block(ctx context.Context, id chat.ID, blocked bool) error
	// NameContact names a person in the address book.
	NameContact(ctx context.Context, id chat.ID, fullName, firstName string) error
}

// Journal stores send requests by their idempotency keys.
type Journal interface {
	// ClaimSend claims a key. If it was claimed before, isNew is false and have
	// describes the earlier request.
	ClaimSend(ctx context.Context, want chat.SendKey) (have chat.SendKey, isNew bool, err error)
	AnswerSend(ctx context.Context, key string, status int, answer []byte) error
	ReleaseSend(ctx context.Context, key string) error
	// IsWaiting reports whether a message waits to be sent.
	IsWaiting(ctx context.Context, stanza string) (bool, error)
}

// Outbox reads and replays webhook deliveries.
type Outbox interface {
	Deliveries(ctx context.Context, q chat.DeliveryQuery) ([]chat.Delivery, error)
	// Replay queues dead letters again and returns how many: those with the IDs, or
	// all; of one webhook, or of all (empty).
	Replay(ctx context.Context, webhook string, ids ...int64) (int, error)
}
