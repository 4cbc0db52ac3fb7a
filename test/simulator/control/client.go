package control

import (
	"bytes"
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

// Client controls a simulator in another process.
type Client struct {
	base string
	http *http.Client
}

// NewClient returns a client of the simulator at an address such as
// http://127.0.0.1:8080.
func NewClient(address string) *Client {
	return &Client{base: strings.TrimSuffix(address, "/") + Prefix, http: &http.Client{}}
}

// Error is an error response of the simulator.
type Error struct {
	Status int
	Text   string
}

func (e *Error) Error() string { return fmt.Sprintf("simulator: %s (%d)", e.Text, e.Status) }

// AddUser adds an account, or renames the one with that number.
func (c *Client) AddUser(ctx context.Context, user User) (User, error) {
	return post[User](ctx, c, "/users", user)
}

// Users lists all accounts with their linked devices.
func (c *Client) Users(ctx context.Context) ([]User, error) {
	return get[[]User](ctx, c, "/users", nil)
}

// AddGroup creates a group.
func (c *Client) AddGroup(ctx context.Context, subject string, members ...string) (Group, error) {
	return post[Group](ctx, c, "/groups", Group{Subject: subject, Members: members})
}

// ChangeGroup changes a group on the phone of a member, and returns it.
func (c *Client) ChangeGroup(ctx context.Context, jid string, change GroupChange) (Group, error) {
	return post[Group](ctx, c, "/groups/"+url.PathEscape(jid), change)
}

// Groups lists all groups.
func (c *Client) Groups(ctx context.Context) ([]Group, error) {
	return get[[]Group](ctx, c, "/groups", nil)
}

// AddChannel creates a channel.
func (c *Client) AddChannel(ctx context.Context, channel Channel) (Channel, error) {
	return post[Channel](ctx, c, "/channels", channel)
}

// ChangeChannel changes a channel on phones, and returns it.
func (c *Client) ChangeChannel(ctx context.Context, jid string, change ChannelChange) (Channel, error) {
	return post[Channel](ctx, c, "/channels/"+url.PathEscape(jid), change)
}

// Channels lists all channels.
func (c *Client) Channels(ctx context.Context) ([]Channel, error) {
	return get[[]Channel](ctx, c, "/channels", nil)
}

// ScanQR makes an account's phone scan a QR code, or the auto-phone if number
// is empty. It returns the account.
func (c *Client) ScanQR(ctx context.Context, number, code string) (User, error) {
	return post[User](ctx, c, "/scan", Link{User: number, Code: code})
}

// EnterCode enters a pairing code on a phone.
func (c *Client) EnterCode(ctx context.Context, number, code string) (User, error) {
	return post[User](ctx, c, "/code", Link{User: number, Code: code})
}

// Unlink removes all linked devices of an account.
func (c *Client) Unlink(ctx context.Context, number string) error {
	return call(ctx, c, "/unlink", User{Number: number})
}

// Kick drops the connections of an account, or of all if number is empty.
func (c *Client) Kick(ctx context.Context, number string) error {
	return call(ctx, c, "/kick", User{Number: number})
}

// StreamError ends the connections of an account with an error.
func (c *Client) StreamError(ctx context.Context, failure StreamError) error {
	return call(ctx, c, "/stream-error", failure)
}

// Send sends a message from a phone and returns its id.
func (c *Client) Send(ctx context.Context, message Message) (string, error) {
	sent, err := post[Sent](ctx, c, "/messages", message)
	return sent.ID, err
}

// Vote chooses options of a poll on a phone, and returns the id of the vote.
func (c *Client) Vote(ctx context.Context, vote Vote) (string, error) {
	sent, err := post[Sent](ctx, c, "/votes", vote)
	return sent.ID, err
}

// Respond answers an event on a phone, and returns the id of the answer.
func (c *Client) Respond(ctx context.Context, response Response) (string, error) {
	sent, err := post[Sent](ctx, c, "/responses", response)
	return sent.ID, err
}

// Call calls from one phone to another, and returns the id of the call.
func (c *Client) Call(ctx context.Context, call Call) (string, error) {
	sent, err := post[Sent](ctx, c, "/calls", call)
	return sent.ID, err
}

// AnswerCall accepts, rejects or ends a call on a phone.
func (c *Client) AnswerCall(ctx context.Context, id string, answer CallAnswer) error {
	return call(ctx, c, "/calls/"+url.PathEscape(id), answer)
}

// Read reads messages on a phone.
func (c *Client) Read(ctx context.Context, number string, ids ...string) error {
	return call(ctx, c, "/read", Read{User: number, IDs: ids})
}

// Inbox returns what reached a phone after a sequence number. With wait it
// waits up to that long for something to arrive.
func (c *Client) Inbox(ctx context.Context, number string, after int, wait time.Duration) ([]Received, error) {
	query := url.Values{"user": {number}, "after": {strconv.Itoa(after)}}
	if wait > 0 {
		query.Set("wait", wait.String())
	}
	return get[[]Received](ctx, c, "/inbox", query)
}

// Expect waits until something that matches has reached a phone, or ctx ends.
func (c *Client) Expect(ctx context.Context, number string, match func(Received) bool) (Received, error) {
	for after := 0; ; {
		fresh, err := c.Inbox(ctx, number, after, 30*time.Second)
		if err != nil {
			return Received{}, err
		}
		for _, received := range fresh {
			if match(received) {
				return received, nil
			}
			after = received.Seq
		}
	}
}

// ChangeChat archives, pins, mutes, ... a chat on a phone.
func (c *Client) ChangeChat(ctx context.Context, change ChatChange) error {
	return call(ctx, c, "/chats", change)
}

// ChangeLabel creates, changes or deletes a label on a phone.
func (c *Client) ChangeLabel(ctx context.Context, change LabelChange) error {
	return call(ctx, c, "/labels", change)
}

// AppState returns the phone's view of its chats, and what companions changed.
func (c *Client) AppState(ctx context.Context, number string) (AppState, error) {
	return get[AppState](ctx, c, "/appstate", url.Values{"user": {number}})
}

// SetHistory gives an account a made-up past.
func (c *Client) SetHistory(ctx context.Context, history History) error {
	return call(ctx, c, "/history", history)
}

// SetFaults switches faults on.
func (c *Client) SetFaults(ctx context.Context, faults Faults) error {
	return call(ctx, c, "/faults", faults)
}

// ClearFaults switches all faults off.
func (c *Client) ClearFaults(ctx context.Context) error {
	return c.do(ctx, http.MethodDelete, "/faults", nil, nil)
}

// SetLimits sets how often an account's companions may do something.
func (c *Client) SetLimits(ctx context.Context, limits Limits) error {
	return call(ctx, c, "/limits", limits)
}

// FailLogin refuses the logins of an account's companions, or accepts them again.
func (c *Client) FailLogin(ctx context.Context, f LoginFailure) error {
	return call(ctx, c, "/login-failure", f)
}

// Stats returns the statistics of the simulator.
func (c *Client) Stats(ctx context.Context) (Stats, error) { return get[Stats](ctx, c, "/stats", nil) }

// Unhandled lists the stanzas that the simulator did not understand.
func (c *Client) Unhandled(ctx context.Context) ([]string, error) {
	return get[[]string](ctx, c, "/unhandled", nil)
}

func get[T any](ctx context.Context, c *Client, path string, query url.Values) (out T, err error) {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	err = c.do(ctx, http.MethodGet, path, nil, &out)
	return out, err
}

func post[T any](ctx context.Context, c *Client, path string, body any) (out T, err error) {
	err = c.do(ctx, http.MethodPost, path, body, &out)
	return out, err
}

// call posts a request and ignores the content of the answer.
func call(ctx context.Context, c *Client, path string, body any) error {
	return c.do(ctx, http.MethodPost, path, body, nil)
}

func (c *Client) do(ctx context.Context, method, path string, body, out any) error {
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("simulator: encode request: %w", err)
		}
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, content)
	if err != nil {
		return fmt.Errorf("simulator: make request: %w", err)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 {
		var refusal errorBody
		if err := json.NewDecoder(response.Body).Decode(&refusal); err != nil {
			refusal.Error = http.StatusText(response.StatusCode)
		}
		return &Error{Status: response.StatusCode, Text: refusal.Error}
	}
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(response.Body).Decode(out); err != nil {
		return fmt.Errorf("simulator: read answer: %w", err)
	}
	return nil
}
