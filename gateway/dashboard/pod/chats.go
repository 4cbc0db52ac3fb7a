package pod

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

// Chat is a row of the list of chats.
type Chat struct {
	ID           string  `json:"id"`
	Name         *string `json:"name"`
	Timestamp    int64   `json:"timestamp"`
	Archived     bool    `json:"archived"`
	Pinned       bool    `json:"pinned"`
	Muted        bool    `json:"muted"`
	Unread       int     `json:"unreadCount"`
	MarkedUnread bool    `json:"markedUnread"`
}

// Summary is a chat with its last message.
type Summary struct {
	Chat Chat     `json:"_chat"`
	Last *Message `json:"lastMessage"`
}

// EachChat gives do all chats, the ones with the newest messages first, until it
// returns false.
func (c Client) EachChat(ctx context.Context, do func(Chat) bool) error {
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	a, err := c.ask(ctx, request{method: http.MethodGet, path: c.api("chats"), query: url.Values{"limit": {"0"}}})
	if err != nil {
		return err
	}
	defer a.Close()
	return each(a, maxList, do)
}

// Summaries returns some chats with their last messages, in no order.
func (c Client) Summaries(ctx context.Context, ids []string) (map[string]Summary, error) {
	found := map[string]Summary{}
	if len(ids) == 0 {
		return found, nil
	}
	body, err := json.Marshal(map[string]any{"pagination": map[string]int{"limit": len(ids)}, "filter": map[string]any{"ids": ids}})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	a, err := c.ask(ctx, request{
		method: http.MethodPost, path: c.api("chats", "overview"), body: bytes.NewReader(body), contentType: "application/json",
	})
	if err != nil {
		return nil, err
	}
	defer a.Close()
	err = each(a, maxList, func(s Summary) bool {
		found[s.Chat.ID] = s
		return true
	})
	return found, err
}

// Summary returns one chat, by any of its IDs.
func (c Client) Summary(ctx context.Context, id string) (Summary, error) {
	found, err := c.Summaries(ctx, []string{id})
	if err != nil {
		return Summary{}, err
	}
	for _, s := range found {
		return s, nil
	}
	return Summary{}, Problem{Status: http.StatusNotFound, Text: "There is no such chat"}
}

// Archive archives a chat, or takes it out of the archive.
func (c Client) Archive(ctx context.Context, id string, archived bool) error {
	what := "unarchive"
	if archived {
		what = "archive"
	}
	return c.change(ctx, http.MethodPost, c.api("chats", id, what), nil)
}

// PinChat pins a chat to the top of the list, or unpins it.
func (c Client) PinChat(ctx context.Context, id string, pinned bool) error {
	what := "unpin"
	if pinned {
		what = "pin"
	}
	return c.change(ctx, http.MethodPost, c.api("chats", id, what), nil)
}

// MarkUnread marks a chat as unread.
func (c Client) MarkUnread(ctx context.Context, id string) error {
	return c.change(ctx, http.MethodPost, c.api("chats", id, "unread"), nil)
}

// MarkRead marks a chat's messages as read, which their senders see.
func (c Client) MarkRead(ctx context.Context, id string) error {
	return c.change(ctx, http.MethodPost, c.api("chats", id, "messages", "read"), map[string]int{"messages": 100})
}

// change makes a call that changes something.
func (c Client) change(ctx context.Context, method, path string, body any) error {
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	r := request{method: method, path: path}
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return err
		}
		r.body, r.contentType = bytes.NewReader(encoded), "application/json"
	}
	return c.read(ctx, r, maxShort, nil)
}
