package chats

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/wasession/wasession/gateway/dashboard/pod"
	"github.com/wasession/wasession/gateway/dashboard/text"
)

// Message is a message as a page shows it.
type Message struct {
	// ID is the message's, and Key its element's.
	ID, Key string
	FromMe  bool
	// Sender is set in groups, for messages of others.
	Sender *Avatar
	Spans  []text.Span
	// Clipped: the text is longer than what is shown.
	Clipped bool
	// Whole is the address of all of it.
	Whole string
	At    time.Time
	Ack   *Ack
	Kind  Kind
	File  *File
	Place *Place
	Cards []Card
	Poll  *Poll
	Quote *Quote
	// Reactions are the first of those in force.
	Reactions []Reaction
	Edited    bool
	// ByAPI: it was sent through the API rather than with the phone.
	ByAPI bool
	// Gone: it was deleted.
	Gone bool
}

// File is an attachment.
type File struct {
	Name, Size, Length string
	Href               string
}

// Place is a location.
type Place struct {
	Name, Address, Href string
	Coordinates         string
	Live                bool
}

// Poll is a question with answers.
type Poll struct {
	Question string
	Options  []string
}

// Quote is the message that another answers.
type Quote struct {
	// Key is the element of the message, if it is shown.
	Key, Name, Text string
}

// newMessage is a message's view. base is the address of its chat. whole shows all of a
// long text.
func newMessage(m pod.Message, base string, whole bool, known names) Message {
	v := Message{
		ID: m.ID, Key: "m-" + keyOf(stanzaOf(m.ID)), FromMe: m.FromMe, At: time.Unix(m.Timestamp, 0).UTC(),
		Kind: kindOf(m), Edited: m.Data.IsEdit, ByAPI: m.FromMe && m.Source == "api",
	}
	v.Whole = base + "/" + url.PathEscape(m.ID)
	body := m.Body
	if !whole {
		body, v.Clipped = text.Clip(body, maxBody)
	}
	v.Spans = text.Format(body)
	if m.FromMe {
		ack := newAck(m.Ack)
		v.Ack = &ack
	} else if isGroup(m.Chat) {
		sender := senderOf(m, known)
		v.Sender = &sender
	}
	v.File = newFile(m, v.Kind, base)
	v.Place = newPlace(m.Location)
	v.Poll = newPoll(m.Data.Message)
	for _, card := range m.VCards[:min(len(m.VCards), maxCards)] {
		v.Cards = append(v.Cards, newCard(card))
	}
	v.Reactions = reactionsTo(m, known)
	if q := m.ReplyTo; q != nil {
		v.Quote = newQuote(q, isGroup(m.Chat), known)
	}
	return v
}

// senderOf is who wrote a message of a group.
func senderOf(m pod.Message, known names) Avatar {
	id := m.Chat
	if m.Participant != nil {
		id = *m.Participant
	}
	name := text.Line(m.Data.Info.PushName, maxName)
	if name == "" {
		name = known.of(id)
	}
	return newAvatar(name, id)
}

// newQuote is what a message answers, with who wrote it where there are several.
func newQuote(q *pod.Reply, inGroup bool, known names) *Quote {
	v := &Quote{Key: "m-" + keyOf(q.ID)}
	if inGroup && q.Participant != nil {
		v.Name = known.of(*q.Participant)
	}
	if q.Body != nil {
		v.Text = text.Line(*q.Body, maxQuote)
	}
	if v.Text == "" {
		v.Text = "Message"
		if q.HasMedia {
			v.Text = "Attachment"
		}
	}
	return v
}

func newPlace(l *pod.Location) *Place {
	if l == nil {
		return nil
	}
	p := &Place{Live: l.Live, Coordinates: text.Line(l.Latitude, 20) + ", " + text.Line(l.Longitude, 20)}
	if l.Name != nil {
		p.Name = text.Line(*l.Name, maxName)
	}
	if l.Address != nil {
		p.Address = text.Line(*l.Address, maxQuote)
	}
	p.Href = "https://www.openstreetmap.org/?mlat=" + queryOf(l.Latitude) + "&mlon=" + queryOf(l.Longitude)
	return p
}

func newPoll(c pod.Content) *Poll {
	for _, p := range []*pod.Poll{c.Poll, c.Poll2, c.Poll3} {
		if p == nil {
			continue
		}
		v := &Poll{Question: text.Line(p.Name, maxQuote)}
		for _, o := range p.Options[:min(len(p.Options), 12)] {
			v.Options = append(v.Options, text.Line(o.Name, maxName))
		}
		return v
	}
	return nil
}

// stanzaOf is the part of a message's ID that is the same whatever its chat is called:
// {true|false}_{chat}_{stanza}[_{participant}].
func stanzaOf(id string) string {
	if parts := strings.SplitN(id, "_", 4); len(parts) >= 3 {
		return parts[2]
	}
	return id
}

// size is a number of bytes for people.
func size(n uint64) string {
	switch {
	case n == 0:
		return ""
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000_000:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// length is a duration for people.
func length(seconds uint32) string {
	if seconds == 0 {
		return ""
	}
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}

// GoneMessage stands for a message that was deleted.
func GoneMessage(id string) Message {
	return Message{ID: id, Key: "m-" + keyOf(stanzaOf(id)), Gone: true}
}
