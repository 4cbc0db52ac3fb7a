package chat

import (
	"context"
	"net/http"
)

// Message is a message of a chat.
type Message struct {
	ID        string `json:"id"`
	Timestamp int64  `json:"timestamp"` // Unix seconds
	// From is the chat, Participant the sender in a group.
	From        string `json:"from"`
	Participant string `json:"participant,omitempty"`
	FromMe      bool   `json:"fromMe"`
	// Body is the text, or the caption of media.
	Body     string `json:"body"`
	HasMedia bool   `json:"hasMedia"`
	AckName  string `json:"ackName"`
}

// All stands for all chats in place of the id of one.
const All = "all"

// Messages lists the newest messages of a chat, the newest first. Media is not
// downloaded.
func (c *Client) Messages(ctx context.Context, chat string, limit int) (list []Message, err error) {
	query := page(limit, 0)
	query.Set("downloadMedia", "false")
	_, err = c.call(ctx, http.MethodGet, c.path("chats", chat, "messages"), query, nil, &list)
	return list, err
}

// NewMessageID returns an id for a message to send.
func (c *Client) NewMessageID(ctx context.Context) (string, error) {
	var answer struct {
		ID string `json:"id"`
	}
	_, err := c.call(ctx, http.MethodGet, c.path("new-message-id"), nil, nil, &answer)
	return answer.ID, err
}

// SendText sends a text as the message with an id. It may be repeated: the session sends
// a message once.
func (c *Client) SendText(ctx context.Context, chat, id, text string) (m Message, err error) {
	body := map[string]string{"session": c.session, "chatId": chat, "id": id, "text": text}
	_, err = c.call(ctx, http.MethodPost, "/api/sendText", nil, body, &m)
	return m, err
}
