package httpapi

import (
	"net/http"
	"time"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

// oneMessageIn names a message to change.
type oneMessageIn struct {
	Chat    chatID    `path:"chatId"`
	Message messageID `path:"messageId"`
}

type pinIn struct {
	oneMessageIn
	Body struct {
		Duration int64 `json:"duration" required:"true" enum:"86400,604800,2592000" doc:"In seconds: 24 hours, 7 days or 30 days"`
	} `body:"json"`
}

func (a *API) pinMessage(r *http.Request, in pinIn) (wire.Success, error) {
	m, err := a.messageOf(r.Context(), in.Chat.ID, in.Message.whole())
	if err != nil {
		return wire.Success{}, err
	}
	return wire.Success{Success: true}, a.Live.PinMessage(r.Context(), m, time.Duration(in.Body.Duration)*time.Second)
}

func (a *API) unpinMessage(r *http.Request, in oneMessageIn) (wire.Success, error) {
	m, err := a.messageOf(r.Context(), in.Chat.ID, in.Message.whole())
	if err != nil {
		return wire.Success{}, err
	}
	return wire.Success{Success: true}, a.Live.PinMessage(r.Context(), m, 0)
}

type editIn struct {
	oneMessageIn
	Body struct {
		Text        string    `json:"text" required:"true" max:"65536" doc:"New text, or new caption of media"`
		LinkPreview bool      `json:"linkPreview" default:"true" doc:"Accepted for compatibility; edits have no link preview"`
		Mentions    []mention `json:"mentions" max:"1024"`
	} `body:"json"`
}

// editable lists the message types that have a text or a caption.
var editable = map[chat.MessageType]bool{
	chat.TypeText: true, chat.TypeImage: true, chat.TypeVideo: true, chat.TypeDocument: true,
}

func (a *API) editMessage(r *http.Request, in editIn) (wire.Sent, error) {
	m, err := a.messageOf(r.Context(), in.Chat.ID, in.Message.whole())
	switch {
	case err != nil:
		return wire.Sent{}, err
	case !m.FromMe && m.Chat.Kind() != chat.KindNewsletter:
		return wire.Sent{}, badRequest("messageId must be of a message you sent, or of a message in a channel you administer")
	case !editable[m.Type]:
		return wire.Sent{}, badRequest("messageId must be of a message with a text or a caption")
	}
	mentions, err := a.mentions(r.Context(), m.Chat, in.Body.Mentions)
	if err != nil {
		return wire.Sent{}, err
	}
	return a.sent(a.Live.EditMessage(r.Context(), m, in.Body.Text, mentions))
}

func (a *API) revokeMessage(r *http.Request, in oneMessageIn) (wire.Sent, error) {
	m, err := a.messageOf(r.Context(), in.Chat.ID, in.Message.whole())
	switch {
	case err != nil:
		return wire.Sent{}, err
	case !m.FromMe && m.Chat.Kind() != chat.KindGroup && m.Chat.Kind() != chat.KindNewsletter:
		// The other phone would keep the message.
		return wire.Sent{}, badRequest("messageId must be of a message you sent, or of a message in a group or channel you administer")
	}
	return a.sent(a.Live.RevokeMessage(r.Context(), m))
}

func (a *API) sent(m chat.Message, err error) (wire.Sent, error) {
	if err != nil {
		return wire.Sent{}, err
	}
	return wire.Sent{ID: m.ID().String(), Data: a.Raw(m)}, nil
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
	m, err := a.messageOf(r.Context(), in.Body.ChatID.ID, in.Body.MessageID)
	if err != nil {
		return none{}, err
	}
	return none{}, a.Live.Star(r.Context(), m, *in.Body.Star)
}
