package chat

// Event is an event for clients, before it is encoded. The store passes events to an
// encoder within the transaction of the change.
type Event struct {
	// Name is the event's name on the HTTP API ("message", "chat.archive", …).
	Name string
	// Change is what happened.
	Change Change
	// Before and After are the message concerned, where there is one, as it
	// was and as it is. Of a member's receipt in a group, After has the ack of
	// that member; the message itself has the highest of all.
	Before, After *Message
	// Chat is the chat concerned, where the event is about a chat.
	Chat *Chat
	// Label is the label that a chat got or lost; nil if only its ID is known.
	Label *Label
}

// Names of the events that clients can ask for.
const (
	EventSessionStatus     = "session.status"
	EventMessage           = "message"
	EventMessageAny        = "message.any"
	EventMessageAck        = "message.ack"
	EventMessageAckGroup   = "message.ack.group"
	EventMessageReaction   = "message.reaction"
	EventMessageRevoked    = "message.revoked"
	EventMessageEdited     = "message.edited"
	EventMessageWaiting    = "message.waiting"
	EventGroupJoin         = "group.v2.join"
	EventGroupLeave        = "group.v2.leave"
	EventGroupUpdate       = "group.v2.update"
	EventGroupParticipants = "group.v2.participants"
	EventGroupJoinRequest  = "group.v2.participants.join-request"
	EventPresence          = "presence.update"
	EventPollVote          = "poll.vote"
	EventPollVoteFailed    = "poll.vote.failed"
	EventChatArchive       = "chat.archive"

	EventCalendarResponse       = "event.response"
	EventCalendarResponseFailed = "event.response.failed"

	EventCallReceived     = "call.received"
	EventCallAccepted     = "call.accepted"
	EventCallRejected     = "call.rejected"
	EventLabelUpsert      = "label.upsert"
	EventLabelDeleted     = "label.deleted"
	EventLabelChatAdded   = "label.chat.added"
	EventLabelChatDeleted = "label.chat.deleted"
)

// Events is the catalogue: each event that this product sends, and no other.
// The enum of the CRD, the encoder and its golden files are tested against it.
func Events() []string {
	return []string{
		EventSessionStatus, EventMessage, EventMessageAny, EventMessageAck, EventMessageAckGroup, EventMessageReaction,
		EventMessageRevoked, EventMessageEdited, EventMessageWaiting, EventGroupJoin, EventGroupLeave, EventGroupUpdate,
		EventGroupParticipants, EventGroupJoinRequest, EventPresence, EventPollVote, EventPollVoteFailed,
		EventChatArchive, EventCallReceived, EventCallAccepted, EventCallRejected, EventLabelUpsert, EventLabelDeleted, EventLabelChatAdded, EventLabelChatDeleted,
		EventCalendarResponse, EventCalendarResponseFailed,
	}
}
