package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/linkpreview"
	"github.com/wasession/wasession/runtime/wire"
)

// sessionNamed is the session named by a body.
type sessionNamed struct {
	Session string `json:"session" max:"54" doc:"Name of the session; defaults to the only one"`
}

// addressed are the fields common to all messages to send.
type addressed struct {
	sessionNamed
	ChatID chatID `json:"chatId" required:"true" doc:"Chat ID or phone number"`
	ID     stanza `json:"id" doc:"ID of the new message, from new-message-id. The same request with the same ID sends nothing more and gets the first answer, for 24 hours"`
}

// replying are the fields of messages that can be replies.
type replying struct {
	addressed
	ReplyTo maybeMessageID `json:"reply_to" doc:"ID of the message to reply to"`
}

// stanza is a message's stanza ID, or empty.
type stanza string

// exampleID is the ID in the examples of WAHA's description. Clients generated from
// it send it with every message.
const exampleID = "BBBBBBBBBBBBBBBBB"

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *stanza) UnmarshalText(text []byte) error {
	if len(text) == 0 || string(text) == exampleID {
		return nil
	}
	id, full, err := chat.ParseMessageID(string(text))
	if err == nil && full {
		err = errors.New("must be an ID of letters and digits")
	}
	*s = stanza(id.Stanza)
	return err
}

// maybeMessageID is an anyMessageID or empty.
type maybeMessageID struct{ anyMessageID }

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *maybeMessageID) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	return m.anyMessageID.UnmarshalText(text)
}

type textBody struct {
	replying
	Text        string    `json:"text" required:"true" max:"65536"`
	LinkPreview bool      `json:"linkPreview" default:"true" doc:"Add a preview of the first link in the text"`
	HighQuality bool      `json:"linkPreviewHighQuality" doc:"Accepted for compatibility; previews are always small"`
	Mentions    []mention `json:"mentions" max:"1024" doc:"Contacts mentioned in the text as @<number>; all mentions everybody in a group"`
}

type sendTextIn struct {
	Body textBody `body:"json"`
}

func (a *API) sendText(r *http.Request, in sendTextIn) (wire.Message, error) {
	b := in.Body
	mentions, err := a.mentions(r.Context(), b.ChatID.ID, b.Mentions)
	if err != nil {
		return wire.Message{}, err
	}
	content := chat.OutgoingText{Text: b.Text}
	if link := linkpreview.Link(b.Text); b.LinkPreview && link != "" {
		content.Preview = a.preview(r.Context(), link)
	}
	return a.dispatch(r, b.replying, chat.Outgoing{Content: content, Mentions: mentions})
}

// preview fetches the preview of a link; nil if that fails. A preview never delays
// a message for long, or makes it fail.
func (a *API) preview(ctx context.Context, link string) *chat.LinkPreview {
	p, err := a.Previews.Read(ctx, link)
	if err != nil {
		a.Log.Debug("No link preview", "error", err)
		return nil
	}
	return &p
}

// dispatch sends a message and returns it.
func (a *API) dispatch(r *http.Request, to replying, o chat.Outgoing) (wire.Message, error) {
	o.To, o.Stanza = a.destination(r.Context(), to.ChatID.ID), string(to.ID)
	if o.Stanza == "" {
		o.Stanza = a.stanzaFor(r)
	} else if m, err := a.Reader.Message(r.Context(), o.To, o.Stanza); err == nil && m.Ack != chat.AckError {
		return wire.Message{}, unprocessable("A message with this ID already exists")
	}
	if to.ReplyTo.Stanza != "" {
		m, err := a.referred(r.Context(), o.To, to.ReplyTo.anyMessageID)
		if errors.Is(err, errNoMessage) {
			return wire.Message{}, notFound("The message of reply_to was not found")
		}
		if err != nil {
			return wire.Message{}, err
		}
		o.ReplyTo = &m
	}
	m, err := a.Live.Send(r.Context(), o)
	if errors.Is(err, chat.ErrUnanswered) && m.Stanza != "" {
		return wire.Message{}, errors.Join(chat.ErrUnanswered, unanswered(&m))
	}
	if err != nil {
		return wire.Message{}, err
	}
	return wire.NewMessage(&m, a.Raw), nil
}

// destination is the chat to send to: the phone number of a LID if it is known, as
// the chat is listed.
func (a *API) destination(ctx context.Context, id chat.ID) chat.ID {
	if id.IsLID() {
		if phone, err := a.Reader.PhoneOf(ctx, id); err == nil {
			return phone
		}
	}
	return id
}

type sendTextQueryIn struct {
	Session string `query:"session"`
	Phone   chatID `query:"phone" required:"true"`
	Text    string `query:"text" required:"true" max:"65536"`
}

// sendTextByQuery is WAHA's oldest call to send a text.
func (a *API) sendTextByQuery(r *http.Request, in sendTextQueryIn) (wire.Message, error) {
	var body sendTextIn
	body.Body.ChatID, body.Body.Text, body.Body.LinkPreview = in.Phone, in.Text, true
	return a.sendText(r, body)
}

type linkPreviewIn struct {
	Body struct {
		addressed
		URL   string `json:"url" required:"true" max:"8192"`
		Title string `json:"title" required:"true" max:"1024"`
	} `body:"json"`
}

// sendLinkPreview sends a title with a link below it.
func (a *API) sendLinkPreview(r *http.Request, in linkPreviewIn) (wire.Message, error) {
	var body sendTextIn
	body.Body.addressed, body.Body.LinkPreview = in.Body.addressed, true
	body.Body.Text = strings.TrimSpace(in.Body.Title) + "\n" + in.Body.URL
	return a.sendText(r, body)
}

func (a *API) newMessageID(*http.Request, noInput) (wire.NewMessageID, error) {
	return wire.NewMessageID{ID: a.Live.NewMessageID()}, nil
}
