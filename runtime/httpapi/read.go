package httpapi

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

type readIn struct {
	Chat     chatID `path:"chatId"`
	Messages *int   `query:"messages" min:"1" max:"1000" doc:"Maximum number of messages, newest first; defaults to 30, in groups to 100"`
	Days     *int   `query:"days" min:"1" max:"3650" doc:"How many days to look back; defaults to 7"`
	Body     struct {
		Messages *int `json:"messages" min:"1" max:"1000"`
		Days     *int `json:"days" min:"1" max:"3650"`
	} `body:"json"`
}

// Defaults for marking a chat as read.
const (
	readDirect = 30
	readGroup  = 100
	readDays   = 7
)

func (a *API) readMessages(r *http.Request, in readIn) (wire.ReadMessages, error) {
	limit := readDirect
	if in.Chat.Kind() == chat.KindGroup {
		limit = readGroup
	}
	limit = first(in.Body.Messages, in.Messages, limit)
	days := first(in.Body.Days, in.Days, readDays)
	since := a.Now().AddDate(0, 0, -days).Unix()
	messages, err := a.Reader.UnreadMessages(r.Context(), in.Chat.ID, since, limit)
	if err != nil {
		return wire.ReadMessages{}, err
	}
	if len(messages) > 0 {
		if err := a.Live.MarkRead(r.Context(), messages[0].Chat, messages); err != nil {
			return wire.ReadMessages{}, err
		}
	}
	out := wire.ReadMessages{IDs: []string{}}
	for i := range messages {
		out.IDs = append(out.IDs, messages[i].ID().String())
	}
	return out, nil
}

// first returns the first number that is set.
func first(body, query *int, otherwise int) int {
	switch {
	case body != nil:
		return *body
	case query != nil:
		return *query
	}
	return otherwise
}

type seenIn struct {
	Body struct {
		sessionNamed
		ChatID      chatID         `json:"chatId" required:"true"`
		MessageID   maybeMessageID `json:"messageId"`
		MessageIDs  []anyMessageID `json:"messageIds" max:"1000" doc:"Defaults to all unread messages"`
		Participant maybeChatID    `json:"participant" doc:"Sender of the message, for a message in a group that is not stored"`
	} `body:"json"`
}

// sendSeen marks the named messages as read, or all unread ones.
func (a *API) sendSeen(r *http.Request, in seenIn) (none, error) {
	b, ctx := in.Body, r.Context()
	named := b.MessageIDs
	if b.MessageID.Stanza != "" {
		named = append(named, b.MessageID.anyMessageID)
	}
	if b.ChatID.HasParticipants() {
		for i := range named {
			named[i].Participant = cmp.Or(named[i].Participant, b.Participant.ID)
		}
	}
	messages, err := a.toRead(ctx, b.ChatID.ID, named)
	if err != nil || len(messages) == 0 {
		return none{}, err
	}
	return none{}, a.Live.MarkRead(ctx, messages[0].Chat, messages)
}

func (a *API) toRead(ctx context.Context, id chat.ID, named []anyMessageID) (messages []chat.Message, err error) {
	if len(named) == 0 {
		limit := readDirect
		if id.Kind() == chat.KindGroup {
			limit = readGroup
		}
		return a.Reader.UnreadMessages(ctx, id, a.Now().AddDate(0, 0, -readDays).Unix(), limit)
	}
	for _, n := range named {
		m, err := a.messageOf(ctx, id, n)
		if errors.Is(err, errNoMessage) {
			m, err = a.unstored(ctx, id, n)
		}
		if err != nil {
			return nil, err
		}
		messages = append(messages, m)
	}
	return messages, nil
}
