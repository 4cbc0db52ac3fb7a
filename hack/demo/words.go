package main

import (
	"fmt"
	"strings"

	"github.com/wasession/wasession/test/chatapi"
)

// counts are the numbers of chats of each kind.
type counts struct {
	total, direct, groups, archived, pinned, unread int
}

func count(chats []chatapi.Chat) counts {
	c := counts{total: len(chats)}
	for _, row := range chats {
		if strings.HasSuffix(row.ID, "@g.us") {
			c.groups++
		} else {
			c.direct++
		}
		if row.Archived {
			c.archived++
		}
		if row.Pinned {
			c.pinned++
		}
		if row.UnreadCount > 0 || row.MarkedUnread {
			c.unread++
		}
	}
	return c
}

func countChats(chats []chatapi.Chat) string {
	c := count(chats)
	return fmt.Sprintf("%d chats, of them %d direct, %d groups, %d archived, %d pinned, %d unread",
		c.total, c.direct, c.groups, c.archived, c.pinned, c.unread)
}

// marks returns the states that a list shows beside a chat's name.
func marks(row chatapi.Chat) string {
	var words []string
	for _, mark := range []struct {
		word string
		set  bool
	}{{"pinned", row.Pinned}, {"muted", row.Muted}, {"archived", row.Archived}} {
		if mark.set {
			words = append(words, mark.word)
		}
	}
	if row.UnreadCount > 0 {
		words = append(words, fmt.Sprintf("%d unread", row.UnreadCount))
	}
	return strings.Join(words, ", ")
}

// oneLine returns a message's text, cut to fit a line.
func oneLine(m *chatapi.Message) string {
	if m == nil {
		return "(no messages)"
	}
	text := strings.Join(strings.Fields(m.Body), " ")
	if text == "" && m.HasMedia {
		text = "(a file)"
	}
	if runes := []rune(text); len(runes) > 60 {
		text = string(runes[:59]) + "…"
	}
	if m.FromMe {
		text = "me: " + text
	}
	return text
}
