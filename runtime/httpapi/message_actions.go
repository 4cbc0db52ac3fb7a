package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

// oneMessageIn names a message to be changed.
type oneMessageIn struct {
	Chat    chatID    `path:"chatId"`
	Message messageID `path:"messageId"`
}

func (a *API) named(ctx context.Context, in oneMessageIn) (chat.Message, error) {
	return a.find(ctx, in.Chat.ID, anyMessageID{in.Message.MessageID, true})
}

type pinIn struct {
	oneMessageIn
	Body struct {
		Duration int64 `json:"duration" required:"true" enum:"86400,604800,2592000" doc:"seconds: 24 hours, 7 days or 30 days"`
	} `body:"json"`
}

func (a *API) pinMessage(r *http.Request, in pinIn) (success, error) {
	m, err := a.named(r.Context(), in.oneMessageIn)
	if err != nil {
		return success{}, err
	}
	return success{true}, a.Live.PinMessage(r.Context(), m, time.Duration(in.Body.Duration)*time.Second)
}

func (a *API) unpinMessage(r *http.Request, in oneMessageIn) (success, error) {
	m, err := a.named(r.Context(), in)
	if err != nil {
		return success{}, err
	}
	return success{true}, a.Live.PinMessage(r.Context(), m, 0)
}

type editIn struct {
	oneMessageIn
	Body struct {
		Text        string   `json:"text" required:"true" max:"65536" doc:"the new text, or caption of media"`
		LinkPreview bool     `json:"linkPreview" default:"true" doc:"accepted for WAHA's clients; edits carry no preview"`
		Mentions    []chatID `json:"mentions" max:"1024"`
	} `body:"json"`
}

// editable are the sorts of messages that have a text or a caption.
var editable = map[chat.MessageType]bool{
	chat.TypeText: true, chat.TypeImage: true, chat.TypeVideo: true, chat.TypeDocument: true,
}

func (a *API) editMessage(r *http.Request, in editIn) (wire.Sent, error) {
	m, err := a.named(r.Context(), in.oneMessageIn)
	switch {
	case err != nil:
		return wire.Sent{}, err
	case !m.FromMe:
		return wire.Sent{}, badRequest("messageId must be of a message of your own")
	case !editable[m.Type]:
		return wire.Sent{}, badRequest("messageId must be of a message with a text or a caption")
	}
	var mentions []chat.ID
	for _, id := range in.Body.Mentions {
		mentions = append(mentions, id.ID)
	}
	return a.sent(a.Live.EditMessage(r.Context(), m, in.Body.Text, mentions))
}

func (a *API) revokeMessage(r *http.Request, in oneMessageIn) (wire.Sent, error) {
	m, err := a.named(r.Context(), in)
	switch {
	case err != nil:
		return wire.Sent{}, err
	case !m.FromMe && m.Chat.Kind() != chat.KindGroup:
		// The other side's phone would keep it: only we would believe it gone.
		return wire.Sent{}, badRequest("messageId must be of a message of your own, or in a group that you administer")
	}
	return a.sent(a.Live.RevokeMessage(r.Context(), m))
}

func (a *API) sent(m chat.Message, err error) (wire.Sent, error) {
	if err != nil {
		return wire.Sent{}, err
	}
	return wire.Sent{ID: m.ID().String(), Data: a.Raw(m)}, nil
}

type readIn struct {
	Chat     chatID `path:"chatId"`
	Messages *int   `query:"messages" min:"1" max:"1000" doc:"messages at most, newest first; 30, in groups 100"`
	Days     *int   `query:"days" min:"1" max:"3650" doc:"how far back; 7"`
	Body     struct {
		Messages *int `json:"messages" min:"1" max:"1000"`
		Days     *int `json:"days" min:"1" max:"3650"`
	} `body:"json"`
}

type readOut struct {
	IDs []string `json:"ids"`
}

// What reading a chat covers when nothing is said.
const (
	readDirect = 30
	readGroup  = 100
	readDays   = 7
)

func (a *API) readMessages(r *http.Request, in readIn) (readOut, error) {
	limit := readDirect
	if in.Chat.Kind() == chat.KindGroup {
		limit = readGroup
	}
	limit = first(in.Body.Messages, in.Messages, limit)
	days := first(in.Body.Days, in.Days, readDays)
	since := a.Now().AddDate(0, 0, -days).Unix()
	messages, err := a.Reader.UnreadMessages(r.Context(), in.Chat.ID, since, limit)
	if err != nil {
		return readOut{}, err
	}
	if len(messages) > 0 {
		if err := a.Live.MarkRead(r.Context(), messages[0].Chat, messages); err != nil {
			return readOut{}, err
		}
	}
	out := readOut{IDs: []string{}}
	for i := range messages {
		out.IDs = append(out.IDs, messages[i].ID().String())
	}
	return out, nil
}

// first is the first number that was given.
func first(body, query *int, otherwise int) int {
	switch {
	case body != nil:
		return *body
	case query != nil:
		return *query
	}
	return otherwise
}
