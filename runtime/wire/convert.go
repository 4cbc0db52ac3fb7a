package wire

import (
	"encoding/base64"
	"strconv"

	"github.com/wasession/wasession/runtime/chat"
)

// Raw returns a message in the engine's format, ready to marshal: the content of
// `_data`, {Info, Message}.
type Raw func(m chat.Message) any

// NewMessage is a message with Media left nil.
func NewMessage(m *chat.Message, raw Raw) Message {
	participant := text(string(m.Participant))
	w := Message{
		ID:          m.ID().String(),
		Timestamp:   m.Timestamp,
		From:        string(m.Chat),
		FromMe:      m.FromMe,
		Source:      source(m),
		To:          participant,
		Participant: participant,
		Author:      participant,
		Body:        m.Body,
		HasMedia:    m.Media != nil,
		Ack:         m.Ack,
		AckName:     m.Ack.String(),
		Location:    newLocation(m.Location),
		ReplyTo:     newReply(m.ReplyTo),
		Data:        raw(*m),
	}
	if len(m.VCards) > 0 {
		w.VCards = m.VCards
	}
	for _, r := range m.Reactions {
		w.Reactions = append(w.Reactions, ReactionBy{From: text(string(r.Person)), FromMe: r.Person == "", Text: r.Text, Timestamp: r.Timestamp})
	}
	return w
}

// NewMedia describes a message's attachment; nil without one. The caller sets URL, S3
// and Error.
func NewMedia(m *chat.Message) *Media {
	if m.Media == nil {
		return nil
	}
	return &Media{MIMEType: m.Media.MIMEType, Filename: text(m.Media.Filename)}
}

func source(m *chat.Message) string {
	if m.FromAPI {
		return "api"
	}
	return "app"
}

func newLocation(l *chat.Location) *Location {
	if l == nil {
		return nil
	}
	w := &Location{
		Latitude:    strconv.FormatFloat(l.Latitude, 'f', -1, 64),
		Longitude:   strconv.FormatFloat(l.Longitude, 'f', -1, 64),
		Live:        l.Live,
		Name:        text(l.Name),
		Address:     text(l.Address),
		URL:         text(l.URL),
		Description: text(l.Description),
	}
	if len(l.Thumbnail) > 0 {
		w.Thumbnail = text(base64.StdEncoding.EncodeToString(l.Thumbnail))
	}
	return w
}

func newReply(r *chat.Reply) *Reply {
	if r == nil {
		return nil
	}
	return &Reply{
		ID:          r.Stanza,
		Participant: text(string(r.Participant)),
		Body:        text(r.Body),
		HasMedia:    r.HasMedia,
		Data:        struct{}{},
	}
}

// text turns the empty string into null.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
