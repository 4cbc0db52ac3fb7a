package chat

// Change is something that happened to the account and must be stored. The store
// applies changes in one transaction, together with the events that follow; only then
// is the stanza that caused them acknowledged.
type Change interface{ change() }

// MessageReceived adds a message (from others, from the own phone, or sent by
// this runtime). A message that already exists stays unchanged.
type MessageReceived struct{ Message Message }

// AckChanged raises the ack of messages. Acks never decrease, except that ERROR
// replaces PENDING. For read receipts of the account's own devices see SelfRead.
type AckChanged struct {
	Chat ID
	// Participant is who sent the receipt in a group; else empty.
	Participant ID
	Stanzas     []string
	Ack         Ack
	Timestamp   int64
}

// SelfRead says that the account itself read messages, here or elsewhere.
// Without Stanzas the whole chat up to Timestamp is read.
type SelfRead struct {
	Chat      ID
	Stanzas   []string
	Timestamp int64
}

// Reacted is a reaction; an empty Text removes it.
type Reacted struct {
	// Message is the reaction's own id fields; Target the message reacted to.
	Message   Message
	Target    MessageID
	Text      string
	Timestamp int64
}

// Edited replaces a message's body.
type Edited struct {
	// Message is the edit as it came: its Body is the new text.
	Message Message
	// Target is the stanza id of the message edited.
	Target string
}

// Revoked removes a message for everyone.
type Revoked struct {
	// Message is the revocation as it arrived.
	Message Message
	// Target is the stanza id of the message revoked.
	Target string
}

// DeletedForMe removes one message from this account only.
type DeletedForMe struct {
	Chat   ID
	Stanza string
}

// PinnedMessage pins a message until a time, unix seconds; 0 unpins.
type PinnedMessage struct {
	Chat   ID
	Stanza string
	Until  int64
}

// Starred stars or unstars a message.
type Starred struct {
	Chat    ID
	Stanza  string
	Starred bool
}

// Archived archives or unarchives a chat. Archiving also unpins it.
type Archived struct {
	Chat      ID
	Archived  bool
	Timestamp int64
	// Policy is the name of the policy that asked for it; empty for a person.
	Policy string
}

// UnarchiveChats is the account's setting that a new message unarchives its chat.
type UnarchiveChats struct{ On bool }

// PinnedChat pins a chat at a time, unix seconds; 0 unpins.
type PinnedChat struct {
	Chat ID
	At   int64
}

// Muted mutes a chat until a time: 0 not, -1 forever.
type Muted struct {
	Chat  ID
	Until int64
}

// MarkedUnread marks a chat as unread, or removes the mark. It does not change which
// messages are read: SelfRead does.
type MarkedUnread struct {
	Chat   ID
	Unread bool
}

// ChatDeleted removes a chat with its messages up to Timestamp (0: all).
type ChatDeleted struct {
	Chat      ID
	Timestamp int64
}

// ChatCleared removes a chat's messages up to Timestamp (0: all); the chat stays.
type ChatCleared struct {
	Chat      ID
	Timestamp int64
}

// LIDMapped says that a LID and a phone number are one person: their chats merge.
type LIDMapped struct{ LID, Phone ID }

// ContactNamed updates a contact's names; empty fields leave them unchanged.
type ContactNamed struct {
	ID ID
	// Name is from the address book, PushName the person's own.
	Name, PushName, BusinessName string
}

// HistoryAnnounced is a part of the history that waits to be fetched. Notice
// is the engine's own form of the notification.
type HistoryAnnounced struct {
	// Stanza is the id of the message that announced it.
	Stanza string
	Notice []byte
}

func (MessageReceived) change()  {}
func (AckChanged) change()       {}
func (SelfRead) change()         {}
func (Reacted) change()          {}
func (Edited) change()           {}
func (Revoked) change()          {}
func (DeletedForMe) change()     {}
func (PinnedMessage) change()    {}
func (Starred) change()          {}
func (Archived) change()         {}
func (UnarchiveChats) change()   {}
func (PinnedChat) change()       {}
func (Muted) change()            {}
func (MarkedUnread) change()     {}
func (ChatDeleted) change()      {}
func (ChatCleared) change()      {}
func (LIDMapped) change()        {}
func (ContactNamed) change()     {}
func (GroupChanged) change()     {}
func (HistoryAnnounced) change() {}
