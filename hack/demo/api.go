package main

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

// chatAPI is a client of one session's chat API, as an application would write
// it: base URL and key.
type chatAPI struct {
	base, key, session string
	http               *http.Client
}

func newChatAPI(base, key, session string) *chatAPI {
	return &chatAPI{base: base, key: key, session: session, http: &http.Client{
		Timeout:   20 * time.Second,
		Transport: &http.Transport{DisableKeepAlives: true},
	}}
}

// chat is a row of GET /api/{session}/chats.
type chat struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Archived     bool   `json:"archived"`
	Pinned       bool   `json:"pinned"`
	Muted        bool   `json:"muted"`
	UnreadCount  int    `json:"unreadCount"`
	MarkedUnread bool   `json:"markedUnread"`
	Timestamp    int64  `json:"timestamp"`
}

// message is a row of GET /api/{session}/chats/{chatId}/messages.
type message struct {
	ID        string `json:"id"`
	Timestamp int64  `json:"timestamp"`
	From      string `json:"from"`
	FromMe    bool   `json:"fromMe"`
	Body      string `json:"body"`
	HasMedia  bool   `json:"hasMedia"`
}

// summary is a row of GET /api/{session}/chats/overview.
type summary struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	LastMessage *message `json:"lastMessage"`
	Chat        chat     `json:"_chat"`
}

// qr returns the text of the QR code that is waiting to be scanned.
func (a *chatAPI) qr(ctx context.Context) (string, error) {
	var answer struct {
		Value string `json:"value"`
	}
	err := a.get(ctx, "/auth/qr?format=raw", &answer)
	return answer.Value, err
}

// chats lists all chats, newest first.
func (a *chatAPI) chats(ctx context.Context) ([]chat, error) {
	return pages[chat](ctx, a, "/chats?")
}

// overview returns the first page of the overview.
func (a *chatAPI) overview(ctx context.Context, limit int) ([]summary, error) {
	var list []summary
	err := a.get(ctx, "/chats/overview?limit="+strconv.Itoa(limit), &list)
	return list, err
}

// messages lists all messages of a chat, or of all chats for "all".
func (a *chatAPI) messages(ctx context.Context, chatID string) ([]message, error) {
	return pages[message](ctx, a, "/chats/"+url.PathEscape(chatID)+"/messages?downloadMedia=false&")
}

// newest returns the first page of a chat's messages.
func (a *chatAPI) newest(ctx context.Context, chatID string, limit int) ([]message, error) {
	var list []message
	err := a.get(ctx, fmt.Sprintf("/chats/%s/messages?downloadMedia=false&limit=%d", url.PathEscape(chatID), limit), &list)
	return list, err
}

// pages reads all pages of a list, up to the first empty one.
func pages[T any](ctx context.Context, a *chatAPI, path string) ([]T, error) {
	const size = 500
	var all []T
	for {
		var page []T
		if err := a.get(ctx, fmt.Sprintf("%slimit=%d&offset=%d", path, size, len(all)), &page); err != nil {
			return all, err
		}
		if len(page) == 0 {
			return all, nil
		}
		all = append(all, page...)
	}
}

// get calls GET /api/{session}PATH.
func (a *chatAPI) get(ctx context.Context, path string, answer any) error {
	return a.call(ctx, http.MethodGet, "/api/"+url.PathEscape(a.session)+path, "", answer)
}

// call makes a call, with a body in JSON unless it is empty, and decodes its answer.
func (a *chatAPI) call(ctx context.Context, method, path, body string, answer any) error {
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
