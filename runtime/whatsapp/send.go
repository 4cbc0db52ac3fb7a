package whatsapp

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"go.mau.fi/whatsmeow"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/socket"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/compose"
	"github.com/wasession/wasession/runtime/whatsapp/content"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// defaultPatience is the time limit for a send. Two thirds of it are for the
// answer, the rest for the requests that precede a message.
const defaultPatience = 30 * time.Second

// uploadPatience is the time limit for uploading a file before that.
const uploadPatience = 5 * time.Minute

// NewMessageID generates an id for a message to be sent.
func (a *Account) NewMessageID() string { return a.current().GenerateMessageID() }

// Send stores a message as PENDING, sends it, and stores it as SERVER or ERROR
// once WhatsApp has answered. After ErrUnanswered it stays PENDING, because it
// may have been sent: a later answer or receipt still updates it. Once begun, a
// send is not cancelled by ctx.
func (a *Account) Send(ctx context.Context, o chat.Outgoing) (chat.Message, error) {
	c, err := a.online()
	if err != nil {
		return chat.Message{}, err
	}
	if err := a.reachable(ctx, c, o.To); err != nil {
		return chat.Message{}, err
	}
	if err := postable(o); err != nil {
		return chat.Message{}, err
	}
	if err := a.choosable(ctx, c, o.Audience); err != nil {
		return chat.Message{}, err
	}
	msg, handle, err := a.compose(ctx, c, &o)
	if err != nil {
		return chat.Message{}, err
	}
	return a.keepAndSend(context.WithoutCancel(ctx), c, o, msg, handle)
}

// compose builds a message, whose file it uploads, and gives it an ID if it has none.
// handle is that of the file, which channels need.
func (a *Account) compose(ctx context.Context, c *whatsmeow.Client, o *chat.Outgoing) (msg *waE2E.Message, handle string, err error) {
	var file compose.Uploaded
	if f, ok := o.Content.(chat.OutgoingFile); ok {
		if file, err = a.uploadWithin(ctx, c, f, o.To); err != nil {
			return nil, "", err
		}
	}
	if o.Stanza == "" {
		o.Stanza = c.GenerateMessageID()
	}
	msg, err = compose.Message(*o, a.Me().ID, file, newSecret())
	return msg, file.Handle, err
}

var errNobody = fmt.Errorf("%w: %w", chat.ErrNotSent, chat.ErrNobody)

// reachable fails if nobody has the number that a message goes to, or if it goes to a
// channel of others. Such a message is not stored, because it would leave a chat behind.
// WhatsApp is only asked about channels, and about numbers without a known LID, which
// whatsmeow would ask for anyway, and remembers.
func (a *Account) reachable(ctx context.Context, c *whatsmeow.Client, to chat.ID) error {
	number := jid.Of(to)
	channel := to.Kind() == chat.KindNewsletter
	if !jid.IsPhone(number) && !channel {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(a.opts.SendPatience, defaultPatience)/3)
	defer cancel()
	defer context.AfterFunc(a.ctx, cancel)()
	if channel {
		return a.writable(ctx, to)
	}
	if lid, err := c.Store.LIDs.GetLIDForPN(ctx, number); err != nil || !lid.IsEmpty() {
		return nil //nolint:nilerr // sending asks again, and fails for the same reason
	}
	info, err := c.GetUserInfo(ctx, []types.JID{number})
	if l, often := limited(err); often {
		return fmt.Errorf("%w: %w", l, err)
	}
	if err == nil && info[number].LID.IsEmpty() {
		return errNobody
	}
	return nil //nolint:nilerr // the same
}

// newSecret generates the secret that the votes of a poll, or the answers to an event, are
// encrypted with.
func newSecret() []byte {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	return secret
}

func (a *Account) uploadWithin(ctx context.Context, c *whatsmeow.Client, f chat.OutgoingFile, to chat.ID) (compose.Uploaded, error) {
	ctx, cancel := context.WithTimeout(ctx, uploadPatience)
	defer cancel()
	defer context.AfterFunc(a.ctx, cancel)()
	return a.upload(ctx, c, f, to)
}

// keepAndSend stores a message, sends it, and stores the answer. handle is that of an
// uploaded file, or empty.
func (a *Account) keepAndSend(ctx context.Context, c *whatsmeow.Client, o chat.Outgoing, msg *waE2E.Message, handle string) (chat.Message, error) {
	row, err := a.pendingRow(o, msg)
	if err != nil {
		return chat.Message{}, err
	}
	if err := a.apply(ctx, chat.MessageReceived{Message: row}); err != nil {
		return chat.Message{}, err
	}
	at, err := a.transmit(toAudience(ctx, o.Audience), c, o.To, o.Stanza, msg, handle)
	row.Ack = chat.AckServer
	switch {
	case errors.Is(err, chat.ErrUnanswered):
		row.Ack = chat.AckPending
		a.awaitLate(c, row)
		return row, err
	case err != nil:
		row.Ack = chat.AckError
	}
	if kept := a.apply(ctx, acked(row, at)); kept != nil && err == nil {
		// It was sent, but the store does not know: it must not be sent again.
		row.Ack = chat.AckPending
		return row, fmt.Errorf("%w: the answer could not be stored: %w", chat.ErrUnanswered, kept)
	} else if kept != nil {
		return row, errors.Join(err, kept)
	}
	return row, err
}

// pendingRow returns the row of a message to be sent.
func (a *Account) pendingRow(o chat.Outgoing, msg *waE2E.Message) (chat.Message, error) {
	row, ok := a.mapper().message(a.outgoing(o.To, o.Stanza), content.Unwrap(msg), marshal(msg))
	if !ok {
		return chat.Message{}, errors.New("send: the message has no content")
	}
	row.FromAPI, row.Ack, row.Audience = true, chat.AckPending, o.Audience
	return row, nil
}

func acked(row chat.Message, at time.Time) chat.AckChanged {
	return chat.AckChanged{Chat: row.Chat, Stanzas: []string{row.Stanza}, Ack: row.Ack, Timestamp: unix(at)}
}

// transmit sends a message and returns the server's timestamp. It returns within
// Options.SendPatience and is not cancelled by the caller: with ErrUnanswered if
// the message may have been sent, with any other error if it was not.
func (a *Account) transmit(ctx context.Context, c *whatsmeow.Client, to chat.ID, stanza string, msg *waE2E.Message, handle string) (time.Time, error) {
	patience := cmp.Or(a.opts.SendPatience, defaultPatience)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	defer context.AfterFunc(a.ctx, cancel)()
	// whatsmeow sends one message at a time, and its lock ignores the context. Our
	// own lock keeps the wait bounded. A message that gets it too late for an
	// answer is not sent.
	errTurn := fmt.Errorf("%w: earlier messages are still waiting for WhatsApp's answer", chat.ErrNotSent)
	began := time.Now()
	select {
	case a.sending <- struct{}{}:
		defer func() { <-a.sending }()
		if time.Since(began) > patience*5/6 {
			return time.Time{}, errTurn
		}
	case <-ctx.Done():
		return time.Time{}, errTurn
	}
	for attempt := 1; ; attempt++ {
		ctx, stored := withDeparture(ctx)
		resp, err := c.SendMessage(ctx, jid.Of(to), msg, whatsmeow.SendRequestExtra{
			ID: stanza, Timeout: patience * 2 / 3, MediaHandle: handle, AdditionalNodes: metaOf(msg),
		})
		if err == nil {
			a.storeRest(ctx, stored)
			return resp.Timestamp, nil
		}
		err = sendFailure(err)
		if errors.Is(err, chat.ErrUnanswered) {
			a.storeRest(ctx, stored)
		}
		if attempt == sendAttempts || !lostBefore(err) || !reconnected(ctx, c) {
			return time.Time{}, err
		}
	}
}

// storeRest stores what waited for Signal sessions that a message needed none of. By then
// it has left, so that a failure is only logged.
func (a *Account) storeRest(ctx context.Context, d *departure) {
	if err := d.store(context.WithoutCancel(ctx)); err != nil {
		a.log.Warn("Failed to store what is known of a message that was sent", "error", err)
	}
}

// metaOf returns what other clients send beside a message, where whatsmeow does not; nil for
// most.
func metaOf(msg *waE2E.Message) *[]waBinary.Node {
	if msg.GetEventMessage() == nil {
		return nil
	}
	return &[]waBinary.Node{{Tag: "meta", Attrs: waBinary.Attrs{"event_type": "creation"}}}
}

// sendFailure wraps an error of SendMessage in the domain error it amounts to.
// Errors while waiting for the answer are bare; those before a message is sent
// are wrapped.
func sendFailure(err error) error {
	var cut *whatsmeow.DisconnectedError
	if l, often := limited(err); often {
		return fmt.Errorf("%w: %w", l, err)
	}
	switch {
	case err == context.DeadlineExceeded, err == context.Canceled, err == whatsmeow.ErrMessageTimedOut, //nolint:errorlint // bare on purpose
		err == whatsmeow.ErrNotConnected, //nolint:errorlint // the same
		errors.As(err, &cut) && cut.Action == "message send":
		return fmt.Errorf("%w: %w", chat.ErrUnanswered, err)
	case sendRefusals[ackCode(err)] != "":
		return fmt.Errorf("%w (%d): %s", chat.ErrRefused, ackCode(err), sendRefusals[ackCode(err)])
	case errors.Is(err, whatsmeow.ErrServerReturnedError):
		return fmt.Errorf("%w: %w", chat.ErrRefused, err)
	case strings.HasPrefix(err.Error(), "no LID found for "): // whatsmeow has no sentinel for it
		return errNobody
	}
	return fmt.Errorf("%w: %w", chat.ErrNotSent, err)
}

// How often a message is tried if the connection is lost before it is sent, and
// how long to wait for the next connection.
const (
	sendAttempts      = 3
	reconnectPause    = 200 * time.Millisecond
	reconnectPatience = 5 * time.Second
)

// lostBefore reports whether the connection was lost before a message was sent.
func lostBefore(err error) bool {
	var cut *whatsmeow.DisconnectedError
	var network *net.OpError
	return errors.Is(err, chat.ErrNotSent) && (errors.Is(err, socket.ErrSocketClosed) || errors.Is(err, whatsmeow.ErrNotConnected) ||
		errors.Is(err, whatsmeow.ErrIQDisconnected) || errors.As(err, &cut) || errors.As(err, &network) ||
		errors.Is(err, net.ErrClosed)) // the websocket was closed under the write
}

// reconnected waits for the next connection and reports whether there is one.
// The pause is for whatsmeow to notice that it has lost the last one.
func reconnected(ctx context.Context, c *whatsmeow.Client) bool {
	select {
	case <-time.After(reconnectPause):
		return c.WaitForConnection(reconnectPatience)
	case <-ctx.Done():
		return false
	}
}
