package chats

import (
	"hash/fnv"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wasession/wasession/gateway/dashboard/pod"
	"github.com/wasession/wasession/gateway/dashboard/text"
)

// Limits of what is shown of strangers' texts, in characters.
const (
	maxName    = 80
	maxPreview = 120
	maxBody    = 3000
	maxQuote   = 200
)

// Row is a chat in the list.
type Row struct {
	// ID is the chat's, and Key its element's.
	ID, Key string
	Avatar
	// Preview is the beginning of the last message, after who wrote it and what it is.
	From, Kind, Preview     string
	Ack                     *Ack
	At                      time.Time
	Unread                  string
	Archived, Pinned, Muted bool
	IsGroup, Current        bool
	Href                    string
}

// Avatar is what stands for somebody without a picture.
type Avatar struct {
	Name, Initials string
	// Color is one of eight.
	Color int
}

// NewRow is a chat's row. base is the address of the session's chats.
func NewRow(s pod.Summary, base string) Row { return newRow(s, base, nil) }

func newRow(s pod.Summary, base string, known names) Row {
	c := s.Chat
	r := Row{
		ID: c.ID, Key: "c-" + keyOf(c.ID), Avatar: newAvatar(nameOf(c), c.ID), Unread: unread(c),
		Archived: c.Archived, Pinned: c.Pinned, Muted: c.Muted, IsGroup: isGroup(c.ID),
		Href: base + "/" + url.PathEscape(c.ID),
	}
	if c.Timestamp > 0 {
		r.At = time.Unix(c.Timestamp, 0).UTC()
	}
	if m := s.Last; m != nil {
		if m.FromMe {
			ack := newAck(m.Ack)
			r.Ack = &ack
		} else if r.IsGroup {
			r.From = senderOf(*m, known).Name
		}
		kind := kindOf(*m)
		r.Kind, r.Preview = kind.label(), text.Line(m.Body, maxPreview)
		if r.Preview == "" {
			r.Preview = kind.Word()
		}
	}
	return r
}

func newAvatar(name, id string) Avatar { return Avatar{name, text.Initials(name), colorOf(id)} }

// nameOf is what a chat is called: its name, else its number.
func nameOf(c pod.Chat) string {
	if c.Name != nil {
		if name := text.Line(*c.Name, maxName); name != "" {
			return name
		}
	}
	return idName(c.ID)
}

// idName is what a person or group is called that has no name.
func idName(id string) string {
	user, server, _ := strings.Cut(id, "@")
	user = text.Line(user, maxName)
	switch server {
	case "g.us":
		return "Group " + user
	case "newsletter":
		return "Channel " + user
	case "broadcast":
		if user == "status" {
			return "Status updates"
		}
		return "Broadcast " + user
	case "lid":
		return "Hidden number"
	}
	return text.Number(user)
}

// Boxes are the views that show the chat, with spaces between them.
func (r Row) Boxes() string {
	if r.Archived {
		return "archived"
	}
	if r.Unread != "" {
		return "inbox unread"
	}
	return "inbox"
}

func isGroup(id string) bool { return strings.HasSuffix(id, "@g.us") }

// unread is the mark of a chat that has not been read.
func unread(c pod.Chat) string {
	switch {
	case c.Unread > 999:
		return "999+"
	case c.Unread > 0:
		return strconv.Itoa(c.Unread)
	case c.MarkedUnread:
		return "•"
	}
	return ""
}

// keyOf is a word for an ID that can be an element's.
func keyOf(id string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // a hash never fails
	return strconv.FormatUint(h.Sum64(), 36)
}

func colorOf(id string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // a hash never fails
	return int(h.Sum32() % 8)
}

// Named is what a chat is called, what it is, and the address of its page.
func Named(id, name, base string) (called, what, href string) {
	c := pod.Chat{ID: id, Name: &name}
	return nameOf(c), about(c), base + "/" + url.PathEscape(id)
}
