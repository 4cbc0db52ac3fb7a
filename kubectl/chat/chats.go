package chat

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
)

// Chat is an entry of the list of chats.
type Chat struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Timestamp    int64  `json:"timestamp"` // of the last message, Unix seconds; 0 if there is none
	Archived     bool   `json:"archived"`
	Pinned       bool   `json:"pinned"`
	Muted        bool   `json:"muted"`
	UnreadCount  int    `json:"unreadCount"`
	MarkedUnread bool   `json:"markedUnread"`
}

// Chats lists a page of the chats, that with the newest message first.
func (c *Client) Chats(ctx context.Context, limit, offset int) (list []Chat, err error) {
	_, err = c.call(ctx, http.MethodGet, c.path("chats"), page(limit, offset), nil, &list)
	return list, err
}

func page(limit, offset int) url.Values {
	return url.Values{"limit": {strconv.Itoa(limit)}, "offset": {strconv.Itoa(offset)}}
}
