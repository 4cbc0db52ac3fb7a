package chats

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/wasession/wasession/gateway/dashboard/pod"
	"github.com/wasession/wasession/gateway/dashboard/text"
)

// Conversation is a chat that is open.
type Conversation struct {
	Row
	// About is the number, or what sort of chat it is.
	About string
	// Messages are the oldest first.
	Messages []Message
	// Older leads to the messages before them; empty if there are none.
	Older string
}

// messagePage is how many messages are shown at a time.
const messagePage = 30

// Open reads a chat with its newest messages. base is the address of the session's
// chats.
func Open(ctx context.Context, c pod.Client, base, id string) (Conversation, error) {
	s, err := c.Summary(ctx, id)
	if err != nil {
		return Conversation{}, err
	}
	v := Conversation{Row: NewRow(s, base), About: about(s.Chat)}
	v.Messages, v.Older, err = Page(ctx, c, v.Href, s.Chat.ID, Cursor{})
	return v, err
}

// Cursor is where a page of messages begins: at a time in unix seconds, after this many
// messages of that time. The zero Cursor is the newest message.
type Cursor struct {
	Until int64
	Skip  int
}

// ParseCursor reads the cursor of a query.
func ParseCursor(query url.Values) Cursor {
	until, _ := strconv.ParseInt(query.Get("until"), 10, 64)
	skip, _ := strconv.Atoi(query.Get("skip"))
	return Cursor{max(0, until), max(0, skip)}
}

// Page reads a page of messages, and returns it with the oldest first and the address
// of the page before it. href is the address of the chat.
func Page(ctx context.Context, c pod.Client, href, id string, from Cursor) (page []Message, older string, err error) {
	found, err := c.Messages(ctx, id, pod.Page{Until: from.Until, Offset: from.Skip, Limit: messagePage})
	if err != nil {
		return nil, "", err
	}
	if page, err = Messages(ctx, c, found, href, false); err != nil {
		return nil, "", err
	}
	slices.Reverse(page)
	if len(found) == messagePage {
		next := from.after(found)
		older = href + "/older?until=" + strconv.FormatInt(next.Until, 10) + "&skip=" + strconv.Itoa(next.Skip)
	}
	return page, older, nil
}

// after is the cursor behind a page, which is newest first and not empty. New messages
// do not move it.
func (c Cursor) after(page []pod.Message) Cursor {
	last := page[len(page)-1].Timestamp
	next := Cursor{Until: last}
	for _, m := range page {
		if m.Timestamp == last {
			next.Skip++
		}
	}
	if last == c.Until {
		next.Skip += c.Skip
	}
	return next
}

func about(c pod.Chat) string {
	user, server, _ := strings.Cut(c.ID, "@")
	switch server {
	case "g.us":
		return "Group"
	case "newsletter":
		return "Channel"
	case "broadcast":
		return "Broadcast"
	case "lid":
		return "The number is hidden"
	}
	return text.Number(text.Line(user, maxName))
}
