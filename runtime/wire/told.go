package wire

import (
	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// SessionStatus is the payload of session.status.
type SessionStatus struct {
	Name   string   `json:"name"`
	Status v1.Phase `json:"status"`
	// Data is a PasskeyChallenge or a PasskeyCode, by the status; null for most.
	Data     any           `json:"data"`
	Statuses []StatusPoint `json:"statuses"`
}

// StatusPoint is one of the last changes of the status, At in unix milliseconds.
type StatusPoint struct {
	Status v1.Phase `json:"status"`
	At     int64    `json:"timestamp"`
}

// Presences is the payload of presence.update, and the answer of the presence calls.
type Presences struct {
	ID        string     `json:"id"`
	Presences []Presence `json:"presences"`
}

// Presence is the presence of one person: offline, online, typing, recording or
// paused. LastSeen is in unix seconds.
type Presence struct {
	Participant       string        `json:"participant"`
	LastSeen          *int64        `json:"lastSeen"`
	LastKnownPresence chat.Presence `json:"lastKnownPresence"`
}

// Waiting is the payload of message.waiting: a message that has arrived and
// cannot be decrypted yet. Timestamp is in unix seconds.
type Waiting struct {
	ID          string `json:"id"`
	Timestamp   int64  `json:"timestamp"`
	From        string `json:"from"`
	FromMe      bool   `json:"fromMe"`
	Participant string `json:"participant,omitempty"`
	HasMedia    bool   `json:"hasMedia"`
	Body        string `json:"body"`
}

// PollVote is the payload of poll.vote, and of poll.vote.failed, where nothing is known to
// be selected.
type PollVote struct {
	Vote Vote `json:"vote"`
	Poll Poll `json:"poll"`
}

// Vote is a participant's current choice; an empty one withdraws it. Timestamp is in
// unix milliseconds.
type Vote struct {
	Poll
	SelectedOptions []string `json:"selectedOptions"`
	Timestamp       int64    `json:"timestamp"`
}

// Poll identifies the message of a poll or of a vote.
type Poll struct {
	ID     string `json:"id"`
	From   string `json:"from"`
	FromMe bool   `json:"fromMe"`
	// To and Participant are the sender in groups.
	To          *string `json:"to"`
	Participant string  `json:"participant,omitempty"`
}

func newSessionStatus(c chat.StatusChanged) SessionStatus {
	w := SessionStatus{Name: c.Session, Status: c.Phase, Statuses: []StatusPoint{}}
	switch {
	case c.PasskeyCode != "":
		w.Data = PasskeyCode{Code: c.PasskeyCode}
	case c.Passkey != nil:
		w.Data = NewPasskeyChallenge(*c.Passkey)
	}
	for _, p := range c.Recent {
		w.Statuses = append(w.Statuses, StatusPoint{p.Phase, p.At.UnixMilli()})
	}
	return w
}

// NewPresences is what the people of a chat were doing last.
func NewPresences(id chat.ID, people []chat.PresenceChanged) Presences {
	w := Presences{ID: string(id), Presences: []Presence{}}
	for _, c := range people {
		w.Presences = append(w.Presences, Presence{string(c.Participant), given(c.LastSeen), c.Presence})
	}
	return w
}

func newWaiting(c chat.MessageWaiting) Waiting {
	p := newPoll(c.ID)
	return Waiting{ID: p.ID, Timestamp: c.Timestamp, From: p.From, FromMe: p.FromMe, Participant: p.Participant}
}

func newPollVote(c chat.PollVoted) PollVote {
	vote := Vote{Poll: newPoll(c.Vote), SelectedOptions: c.Options, Timestamp: 1000 * c.Timestamp}
	if vote.SelectedOptions == nil {
		vote.SelectedOptions = []string{}
	}
	return PollVote{Vote: vote, Poll: newPoll(c.Poll)}
}

func newPoll(id chat.MessageID) Poll {
	participant := string(id.Participant)
	return Poll{ID: id.String(), From: string(id.Chat), FromMe: id.FromMe, To: text(participant), Participant: participant}
}
