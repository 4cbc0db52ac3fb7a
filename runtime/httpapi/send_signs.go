package httpapi

import (
	"context"
	"net/http"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

type reactionIn struct {
	Body struct {
		sessionNamed
		MessageID anyMessageID `json:"messageId" required:"true"`
		Reaction  *string      `json:"reaction" max:"32" doc:"an emoji; empty takes it back"`
	} `body:"json"`
}

func (a *API) setReaction(r *http.Request, in reactionIn) (wire.Sent, error) {
	if in.Body.Reaction == nil {
		return wire.Sent{}, badRequest("reaction must be a string")
	}
	m, err := a.anywhere(r, in.Body.MessageID)
	if err != nil {
		return wire.Sent{}, err
	}
	return a.sent(a.Live.React(r.Context(), m, *in.Body.Reaction))
}

type starIn struct {
	Body struct {
		sessionNamed
		ChatID    chatID       `json:"chatId" required:"true"`
		MessageID anyMessageID `json:"messageId" required:"true"`
		Star      *bool        `json:"star" required:"true"`
	} `body:"json"`
}

func (a *API) setStar(r *http.Request, in starIn) (none, error) {
	m, err := a.find(r.Context(), in.Body.ChatID.ID, in.Body.MessageID)
	if err != nil {
		return none{}, err
	}
	return none{}, a.Live.Star(r.Context(), m, *in.Body.Star)
}

type seenIn struct {
	Body struct {
		sessionNamed
		ChatID      chatID         `json:"chatId" required:"true"`
		MessageID   maybeMessageID `json:"messageId"`
		MessageIDs  []anyMessageID `json:"messageIds" max:"1000" doc:"all that is unread when absent"`
		Participant string         `json:"participant" max:"128" doc:"accepted for WAHA's clients; the message tells its sender"`
	} `body:"json"`
}

// sendSeen sends read receipts for the messages named, or for what is unread.
func (a *API) sendSeen(r *http.Request, in seenIn) (none, error) {
	b, ctx := in.Body, r.Context()
	named := b.MessageIDs
	if b.MessageID.Stanza != "" {
		named = append(named, b.MessageID.anyMessageID)
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
		m, err := a.find(ctx, id, n)
		if err != nil {
			return nil, err
		}
		messages = append(messages, m)
	}
	return messages, nil
}

type oneChatBodyIn struct {
	Body struct {
		sessionNamed
		ChatID chatID `json:"chatId" required:"true"`
	} `body:"json"`
}

func (a *API) startTyping(r *http.Request, in oneChatBodyIn) (none, error) {
	return none{}, a.show(r, in.Body.ChatID.ID, chat.DoingTyping)
}

func (a *API) stopTyping(r *http.Request, in oneChatBodyIn) (none, error) {
	return none{}, a.show(r, in.Body.ChatID.ID, chat.DoingNothing)
}

func (a *API) show(r *http.Request, id chat.ID, doing chat.Doing) error {
	return a.Live.Show(r.Context(), a.destination(r.Context(), id), doing)
}

type presenceIn struct {
	Body struct {
		ChatID   *chatID `json:"chatId" doc:"needed for what is done in a chat"`
		Presence string  `json:"presence" required:"true" enum:"offline,online,typing,recording,paused"`
	} `body:"json"`
}

func (a *API) setPresence(r *http.Request, in presenceIn) (none, error) {
	switch p := in.Body.Presence; {
	case p == "online", p == "offline":
		return none{}, a.Live.SetOnline(r.Context(), p == "online")
	case in.Body.ChatID == nil:
		return none{}, badRequest("chatId should not be empty")
	default:
		return none{}, a.show(r, in.Body.ChatID.ID, chat.Doing(p))
	}
}
