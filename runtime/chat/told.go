package chat

import (
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// Told is a change of which the store keeps only the event.
type Told interface {
	Change
	// EventName is the name of that event.
	EventName() string
}

// PhaseChange is one change of a session's phase.
type PhaseChange struct {
	Phase v1.Phase
	At    time.Time
}

// StatusChanged says that the session has another phase. Recent are the last
// changes, oldest first. Passkey is what PASSKEY_REQUIRED asks for, and PasskeyCode what
// PASSKEY_CONFIRMATION_REQUIRED shows.
type StatusChanged struct {
	Session     string
	Phase       v1.Phase
	Recent      []PhaseChange
	Passkey     *PasskeyRequest
	PasskeyCode string
}

// Presence is what a person is doing.
type Presence string

// The presences.
const (
	PresenceOffline   Presence = "offline"
	PresenceOnline    Presence = "online"
	PresenceTyping    Presence = "typing"
	PresenceRecording Presence = "recording"
	PresencePaused    Presence = "paused"
)

// PresenceChanged says what a person is doing, in a chat or at all; Chat is the
// person then.
type PresenceChanged struct {
	Chat        ID
	Participant ID
	Presence    Presence
	// LastSeen is in unix seconds; 0 where it is not known.
	LastSeen int64
}

// ChatPresence is what the people of a chat were doing last.
type ChatPresence struct {
	Chat   ID
	People []PresenceChanged
}

// MessageWaiting is a message that has arrived and cannot be decrypted yet.
type MessageWaiting struct {
	ID        MessageID
	Timestamp int64
}

// PollVoted is somebody's present choice in a poll; without Options it is taken
// back. Failed says that it could not be decrypted.
type PollVoted struct {
	Vote, Poll MessageID
	Options    []string
	Timestamp  int64
	Failed     bool
}

// JoinAction is what became of a request to join a group, named as in WAHA.
type JoinAction string

// The actions. An approved request is a GroupAdd.
const (
	JoinAsked     JoinAction = "created"
	JoinWithdrawn JoinAction = "revoked"
	JoinRejected  JoinAction = "rejected"
)

// JoinRequested says that a person asked to join a group, or that the request ended.
type JoinRequested struct {
	Group, Who ID
	Action     JoinAction
	// Method is how the person asked, for example invite_link; empty if unknown.
	Method    string
	Timestamp int64
}

// EventName implements Told.
func (StatusChanged) EventName() string { return EventSessionStatus }

// EventName implements Told.
func (PresenceChanged) EventName() string { return EventPresence }

// EventName implements Told.
func (c Called) EventName() string { return c.Event }

// EventName implements Told.
func (c EventResponded) EventName() string {
	if c.Failed {
		return EventCalendarResponseFailed
	}
	return EventCalendarResponse
}

// EventName implements Told.
func (MessageWaiting) EventName() string { return EventMessageWaiting }

// EventName implements Told.
func (c PollVoted) EventName() string {
	if c.Failed {
		return EventPollVoteFailed
	}
	return EventPollVote
}

// EventName implements Told.
func (JoinRequested) EventName() string { return EventGroupJoinRequest }

func (JoinRequested) change()   {}
func (StatusChanged) change()   {}
func (PresenceChanged) change() {}
func (Called) change()          {}
func (EventResponded) change()  {}
func (MessageWaiting) change()  {}
func (PollVoted) change()       {}
