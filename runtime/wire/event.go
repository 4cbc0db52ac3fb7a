package wire

import "github.com/wasession/wasession/runtime/chat"

// MessageAck is the payload of message.ack and message.ack.group.
type MessageAck struct {
	ID          string   `json:"id"`
	From        string   `json:"from"`
	To          *string  `json:"to"`
	Participant *string  `json:"participant"`
	FromMe      bool     `json:"fromMe"`
	Ack         chat.Ack `json:"ack"`
	AckName     string   `json:"ackName"`
	Data        any      `json:"_data"`
}

// MessageReaction is the payload of message.reaction.
type MessageReaction struct {
	ID          string   `json:"id"`
	Timestamp   int64    `json:"timestamp"`
	From        string   `json:"from"`
	FromMe      bool     `json:"fromMe"`
	Source      string   `json:"source"`
	To          *string  `json:"to"`
	Participant *string  `json:"participant"`
	Reaction    Reaction `json:"reaction"`
	Data        any      `json:"_data"`
}

// Reaction is an emoji on a message; an empty Text removes it.
type Reaction struct {
	Text      string `json:"text"`
	MessageID string `json:"messageId"`
}

// MessageRevoked is the payload of message.revoked.
type MessageRevoked struct {
	// After is the revocation, Before the revoked message; null if unknown.
	After            *Message `json:"after"`
	Before           *Message `json:"before"`
	RevokedMessageID string   `json:"revokedMessageId"`
}

// MessageEdited is the payload of message.edited: the edit as a message.
type MessageEdited struct {
	Message
	EditedMessageID string `json:"editedMessageId"`
}

// ChatArchive is the payload of chat.archive.
type ChatArchive struct {
	ID        string `json:"id"`
	Timestamp int64  `json:"timestamp"`
	Archived  bool   `json:"archived"`
	// Policy is the name of the auto-archive policy that archived the chat.
	Policy string `json:"policy,omitempty"`
}

// Group is a group in events. Unchanged fields are left out.
type Group struct {
	ID      string `json:"id"`
	Subject string `json:"subject,omitempty"`
	// Description is empty if it was removed.
	Description *string `json:"description,omitempty"`
	// Invite is the new invite link.
	Invite                     string        `json:"invite,omitempty"`
	MembersCanSendMessages     *bool         `json:"membersCanSendMessages,omitempty"`
	MembersCanEditInfo         *bool         `json:"membersCanEditInfo,omitempty"`
	MembersCanAddNewMember     *bool         `json:"membersCanAddNewMember,omitempty"`
	NewMembersApprovalRequired *bool         `json:"newMembersApprovalRequired,omitempty"`
	Participants               []Participant `json:"participants,omitempty"`
}

// Participant is a participant of a group.
type Participant struct {
	ID string `json:"id"`
	// PN is the participant's phone number ID, if known.
	PN string `json:"pn,omitempty"`
	// Role is "left", "participant", "admin" or "superadmin".
	Role string `json:"role"`
}

// GroupEvent is the payload of the events group.v2.*.
type GroupEvent struct {
	// Type is "join", "leave", "promote" or "demote" in group.v2.participants.
	Type      string `json:"type,omitempty"`
	Timestamp int64  `json:"timestamp"`
	// Group is a GroupInfo in group.v2.join, otherwise a Group.
	Group any `json:"group"`
	// Participants are the participants that changed.
	Participants []Participant `json:"participants,omitempty"`
	Data         any           `json:"_data"`
}
