package chatapi

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Client is a client of one session's chat API, as an application would write
// it: base URL and key.
type Client struct {
	base, key, session string
	http               *http.Client
}

func New(base, key, session string) *Client {
	return &Client{base: base, key: key, session: session, http: &http.Client{
		Timeout:   20 * time.Second,
		Transport: &http.Transport{DisableKeepAlives: true},
	}}
}

// Chat is a row of GET /api/{session}/chats.
type Chat struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Archived     bool   `json:"archived"`
	Pinned       bool   `json:"pinned"`
	Muted        bool   `json:"muted"`
	UnreadCount  int    `json:"unreadCount"`
	MarkedUnread bool   `json:"markedUnread"`
	Timestamp    int64  `json:"timestamp"`
}

// Message is a row of GET /api/{session}/chats/{chatId}/messages.
type Message struct {
	ID        string `json:"id"`
	Timestamp int64  `json:"timestamp"`
	From      string `json:"from"`
	FromMe    bool   `json:"fromMe"`
	Body      string `json:"body"`
	HasMedia  bool   `json:"hasMedia"`
}

// Summary is a row of GET /api/{session}/chats/overview.
type Summary struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	LastMessage *Message `json:"lastMessage"`
	Chat        Chat     `json:"_chat"`
}

// Base is the URL of the API, without a path.
func (a *Client) Base() string { return a.base }

// QR returns the text of the QR code that is waiting to be scanned.
func (a *Client) QR(ctx context.Context) (string, error) {
	var answer struct {
		Value string `json:"value"`
	}
	err := a.Get(ctx, "/auth/qr?format=raw", &answer)
	return answer.Value, err
}

// Chats lists all chats, newest first.
func (a *Client) Chats(ctx context.Context) ([]Chat, error) {
	return pages[Chat](ctx, a, "/chats?")
}

// Overview returns the first page of the overview.
func (a *Client) Overview(ctx context.Context, limit int) ([]Summary, error) {
	var list []Summary
	err := a.Get(ctx, "/chats/overview?limit="+strconv.Itoa(limit), &list)
	return list, err
}

// Messages lists all messages of a chat, or of all chats for "all".
func (a *Client) Messages(ctx context.Context, chatID string) ([]Message, error) {
	return pages[Message](ctx, a, "/chats/"+url.PathEscape(chatID)+"/messages?downloadMedia=false&")
}

// Newest returns the first page of a chat's messages.
func (a *Client) Newest(ctx context.Context, chatID string, limit int) ([]Message, error) {
	var list []Message
	err := a.Get(ctx, fmt.Sprintf("/chats/%s/messages?downloadMedia=false&limit=%d", url.PathEscape(chatID), limit), &list)
	return list, err
}

// pages reads all pages of a list, up to the first empty one.
func pages[T any](ctx context.Context, a *Client, path string) ([]T, error) {
	const size = 500
	var all []T
	for {
		var page []T
		if err := a.Get(ctx, fmt.Sprintf("%slimit=%d&offset=%d", path, size, len(all)), &page); err != nil {
			return all, err
		}
		if len(page) == 0 {
			return all, nil
		}
		all = append(all, page...)
	}
}

// Get calls GET /api/{session}PATH.
func (a *Client) Get(ctx context.Context, path string, answer any) error {
	return a.Call(ctx, http.MethodGet, "/api/"+url.PathEscape(a.session)+path, "", answer)
}

// Call makes a call, with a body in JSON unless it is empty, and decodes its answer.
func (a *Client) Call(ctx context.Context, method, path, body string, answer any) error {
	request, err := http.NewRequestWithContext(ctx, method, a.base+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("X-Api-Key", a.key)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := a.http.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", method, path, response.Status, read)
	}
	if err := json.Unmarshal(read, answer); err != nil {
		return fmt.Errorf("%s %s: %w in %.200s", method, path, err, read)
	}
	return nil
}
