package chat

import (
	"fmt"
	"strings"
)

// ID is the id of a chat or a person in the form of the HTTP API, never with a
// device part: "15551234567@c.us", "1203630@g.us", "status@broadcast",
// "1203@newsletter" or "9876543210@lid". The empty ID means none.
type ID string

// The servers an ID can end in.
const (
	ServerDirect     = "c.us"
	ServerGroup      = "g.us"
	ServerBroadcast  = "broadcast"
	ServerNewsletter = "newsletter"
	ServerLID        = "lid"
)

// StatusBroadcast is the chat of status updates ("stories").
const StatusBroadcast ID = "status@broadcast"

// Bounds of an id on input and of its part before @, in bytes. The longest that
// WhatsApp makes are old group ids of some 40.
const (
	maxIDLength   = 128
	maxUserLength = 64
)

// Kind is the sort of a chat.
type Kind string

// The sorts of chat. A chat under a LID is a direct chat.
const (
	KindDirect     Kind = "direct"
	KindGroup      Kind = "group"
	KindBroadcast  Kind = "broadcast"
	KindNewsletter Kind = "newsletter"
)

// ParseID reads an id as clients send it. @g.us, @broadcast, @newsletter and
// @lid are kept; anything else is a phone number, the part before @. A device
// part is dropped, a leading + is allowed.
func ParseID(s string) (ID, error) {
	if len(s) > maxIDLength {
		return "", fmt.Errorf("must be at most %d characters long", maxIDLength)
	}
	user, server, _ := strings.Cut(strings.TrimSpace(s), "@")
	switch server {
	case ServerGroup:
		if !isGroupUser(user) {
			return "", fmt.Errorf("%q is not a valid group id", s)
		}
		return ID(user + "@" + server), nil
	case ServerBroadcast:
		if user != "status" && !isDigits(user) {
			return "", fmt.Errorf("%q is not a valid broadcast id", s)
		}
		return ID(user + "@" + server), nil
	case ServerNewsletter:
		if !isDigits(user) {
			return "", fmt.Errorf("%q is not a valid newsletter id", s)
		}
		return ID(user + "@" + server), nil
	case ServerLID:
		user, _, _ = strings.Cut(user, ":")
		if !isDigits(user) {
			return "", fmt.Errorf("%q is not a lid", s)
		}
		return ID(user + "@" + server), nil
	}
	user, _, _ = strings.Cut(strings.TrimPrefix(user, "+"), ":")
	if !isDigits(user) {
		return "", fmt.Errorf("%q is neither a phone number nor a chat id", s)
	}
	return ID(user + "@" + ServerDirect), nil
}

// User is the part before @.
func (id ID) User() string { user, _, _ := strings.Cut(string(id), "@"); return user }

// Server is the part after @.
func (id ID) Server() string { _, server, _ := strings.Cut(string(id), "@"); return server }

// Kind is the sort of the chat with this id.
func (id ID) Kind() Kind {
	switch id.Server() {
	case ServerGroup:
		return KindGroup
	case ServerBroadcast:
		return KindBroadcast
	case ServerNewsletter:
		return KindNewsletter
	}
	return KindDirect
}

// IsLID reports whether the id is a LID, WhatsApp's number-less address of a person.
func (id ID) IsLID() bool { return id.Server() == ServerLID }

// HasParticipants reports whether messages of the chat have a sender besides the
// chat: groups and broadcasts.
func (id ID) HasParticipants() bool {
	return id.Kind() == KindGroup || id.Kind() == KindBroadcast
}

// ValidUser reports whether user is valid before the @ of an id on server.
func ValidUser(user, server string) bool {
	switch server {
	case ServerGroup:
		return isGroupUser(user)
	case ServerBroadcast:
		return user == "status" || isDigits(user)
	}
	return isDigits(user)
}

func isDigits(s string) bool {
	if s == "" {
		return false
	}
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return len(s) <= maxUserLength
}

// isGroupUser accepts digits with at most one hyphen inside: old group ids are
// "<creator>-<time>".
func isGroupUser(s string) bool {
	creator, created, old := strings.Cut(s, "-")
	return isDigits(creator) && (!old || isDigits(created)) && len(s) <= maxUserLength
}
