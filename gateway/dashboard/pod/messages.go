package pod

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
)

// Message is a message as the API gives it, without what pages do not show.
type Message struct {
	ID          string     `json:"id"`
	Timestamp   int64      `json:"timestamp"`
	Chat        string     `json:"from"`
	FromMe      bool       `json:"fromMe"`
	Source      string     `json:"source"`
	Participant *string    `json:"participant"`
	Body        string     `json:"body"`
	HasMedia    bool       `json:"hasMedia"`
	Media       *Media     `json:"media"`
	Ack         int        `json:"ack"`
	Location    *Location  `json:"location"`
	VCards      []string   `json:"vCards"`
	ReplyTo     *Reply     `json:"replyTo"`
	Reactions   []Reaction `json:"reactions"`
	Data        Data       `json:"_data"`
}

// Reaction is the emoji that somebody last put on a message.
type Reaction struct {
	From *string `json:"from"`
	Text string  `json:"text"`
}

// Media is where a message's file is, or why it is not.
type Media struct {
	URL      *string `json:"url"`
	MIMEType string  `json:"mimetype"`
	Filename *string `json:"filename"`
	Error    *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// Location is a place.
type Location struct {
	Latitude  string  `json:"latitude"`
	Longitude string  `json:"longitude"`
	Live      bool    `json:"live"`
	Name      *string `json:"name"`
	Address   *string `json:"address"`
}

// Reply is the message that another answers, as quoted in it.
type Reply struct {
	ID          string  `json:"id"`
	Participant *string `json:"participant"`
	Body        *string `json:"body"`
	HasMedia    bool    `json:"hasMedia"`
}

// Data is what pages show of the engine's own form of a message.
type Data struct {
	Info struct {
		PushName string
	}
	IsEdit     bool
	IsViewOnce bool
	Message    Content
}

// Content says what sort of message it is. At most one member is set.
type Content struct {
	Image    *File `json:"imageMessage"`
	Video    *File `json:"videoMessage"`
	Note     *File `json:"ptvMessage"`
	Audio    *File `json:"audioMessage"`
	Document *File `json:"documentMessage"`
	Sticker  *File `json:"stickerMessage"`
	Poll     *Poll `json:"pollCreationMessage"`
	Poll2    *Poll `json:"pollCreationMessageV2"`
	Poll3    *Poll `json:"pollCreationMessageV3"`
}

// File describes an attachment. Size is in bytes.
type File struct {
	MIMEType string `json:"mimetype"`
	Name     string `json:"fileName"`
	Title    string `json:"title"`
	Size     uint64 `json:"fileLength"`
	Seconds  uint32 `json:"seconds"`
	IsVoice  bool   `json:"PTT"`
	IsGIF    bool   `json:"gifPlayback"`
	Width    uint32 `json:"width"`
	Height   uint32 `json:"height"`
}

// Poll is a question with answers to choose from.
type Poll struct {
	Name    string `json:"name"`
	Options []struct {
		Name string `json:"optionName"`
	} `json:"options"`
}

// Page is a part of a chat's messages. The zero Until begins with the newest.
type Page struct {
	// Until is the time of the newest message wanted, in unix seconds.
	Until int64
	// Offset leaves out this many of them.
	Offset, Limit int
}

// Messages returns a page of a chat's messages, newest first.
func (c Client) Messages(ctx context.Context, chat string, p Page) ([]Message, error) {
	query := url.Values{"limit": {strconv.Itoa(p.Limit)}, "offset": {strconv.Itoa(p.Offset)}, "downloadMedia": {"false"}}
	if p.Until > 0 {
		query.Set("filter.timestamp.lte", strconv.FormatInt(p.Until, 10))
	}
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	a, err := c.ask(ctx, request{method: http.MethodGet, path: c.api("chats", chat, "messages"), query: query})
	if err != nil {
		return nil, err
	}
	defer a.Close()
	var page []Message
	err = each(a, maxList, func(m Message) bool {
		page = append(page, m)
		return len(page) < p.Limit
	})
	return page, err
}

// Message returns a message, without downloading its file.
func (c Client) Message(ctx context.Context, chat, id string) (m Message, err error) {
	return m, c.get(ctx, c.api("chats", chat, "messages", id), url.Values{"downloadMedia": {"false"}}, maxList, &m)
}

// React sets the account's reaction to a message; an empty one takes it back.
func (c Client) React(ctx context.Context, id, emoji string) error {
	return c.change(ctx, http.MethodPut, "/api/reaction", map[string]string{
		"session": c.Session, "messageId": id, "reaction": emoji,
	})
}

// Pin pins a message for everybody in the chat; 0 seconds unpin it.
func (c Client) Pin(ctx context.Context, chat, id string, seconds int) error {
	if seconds == 0 {
		return c.change(ctx, http.MethodPost, c.api("chats", chat, "messages", id, "unpin"), nil)
	}
	return c.change(ctx, http.MethodPost, c.api("chats", chat, "messages", id, "pin"), map[string]int{"duration": seconds})
}

// Edit changes the text of a message that the account sent.
func (c Client) Edit(ctx context.Context, chat, id, text string) error {
	return c.change(ctx, http.MethodPut, c.api("chats", chat, "messages", id), map[string]string{"text": text})
}

// Revoke deletes a message for everybody.
func (c Client) Revoke(ctx context.Context, chat, id string) error {
	return c.change(ctx, http.MethodDelete, c.api("chats", chat, "messages", id), nil)
}
