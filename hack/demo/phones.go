package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/appstate"
	"github.com/wasession/wasession/test/simulator/control"
	"github.com/wasession/wasession/test/simulator/history"
)

// The simulated account that the session is paired with.
const (
	ownNumber = "4915155500001"
	ownName   = "Support desk"
)

// phones are the simulated WhatsApp servers and the phones behind them.
type phones struct {
	server *simulator.Server
	owner  *simulator.User
	// contact writes the live messages.
	contact *simulator.User
	past    expected
	// state is the account's app state, including which chats are archived.
	state *appstate.State
	times []time.Time // of the account's messages
	count int
	log   *os.File
}

// expected is what the chat API must show of the account's chats.
type expected struct {
	chats, archived, pinned, unread int
}

// newPhones starts the simulator with an account of about fifty chats.
func newPhones(ctx context.Context, logs string) (*phones, error) {
	if err := os.MkdirAll(logs, 0o700); err != nil {
		return nil, err
	}
	log, err := os.OpenFile(filepath.Join(logs, "simulator.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	server, err := simulator.New(simulator.Options{
		Logger:     slog.New(slog.NewTextHandler(log, nil)),
		Extensions: []simulator.Extension{control.Extension},
	})
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	p := &phones{server: server, log: log, owner: server.AddUser(ownNumber, "", ownName)}
	spec := history.DemoSpec(time.Now())
	spec.OwnPN, spec.OwnLID = p.owner.PN(), p.owner.LID()
	account := history.NewAccount(spec)
	if err := p.owner.Populate(ctx, account); err != nil {
		return nil, errors.Join(err, p.close())
	}
	if p.state, err = p.owner.AppState(); err != nil {
		return nil, errors.Join(err, p.close())
	}
	for i := range account.Len() {
		p.expect(account.Full(i))
	}
	if p.contact == nil {
		return nil, errors.Join(errors.New("the simulated account has no contact that can send messages"), p.close())
	}
	return p, nil
}

// expect adds a chat to what must arrive. The contact is the person of a chat
// that already has unread messages, so that a message from them changes no
// count.
func (p *phones) expect(chat history.Chat) {
	p.past.chats++
	for _, m := range chat.Messages {
		p.times = append(p.times, m.At)
	}
	if !chat.Pinned.IsZero() {
		p.past.pinned++
	}
	if chat.Unread > 0 || chat.MarkedUnread {
		p.past.unread++
	}
	if p.contact == nil && chat.ID.Server != types.GroupServer && chat.Unread > 0 && !chat.Archived && chat.MutedUntil.IsZero() {
		p.contact = p.server.UserByJID(chat.ID)
	}
}

func (p *phones) endpoint() string { return p.server.URL() }
func (p *phones) rootKey() string  { return p.server.RootKeyHex() }

// account returns what is expected of the account's chats, which live messages
// do not change. The number of archived chats comes from the phone.
func (p *phones) account() expected {
	now := p.past
	now.archived = p.archived()
	return now
}

// archived returns how many chats are archived on the phone.
func (p *phones) archived() int { return p.state.View().Archived() }

// patches returns how many app state changes the phone got from the session.
func (p *phones) patches() int { return p.state.Stats().ClientPatches }

// messages returns how many messages of at most that age the account has, live
// ones included.
func (p *phones) messages(age time.Duration) int {
	count, since := p.count, time.Now().Add(-age)
	for _, at := range p.times {
		if at.After(since) {
			count++
		}
	}
	return count
}

// scan shows the QR code to the account's phone, which links the session.
func (p *phones) scan(ctx context.Context, qr string) error {
	_, err := p.owner.ScanQR(ctx, qr)
	return err
}

// send makes the contact write to the account, and returns the contact's name.
func (p *phones) send(ctx context.Context, text string) (string, error) {
	if _, err := p.contact.SendText(ctx, p.owner, text); err != nil {
		return "", fmt.Errorf("the contact's phone: %w", err)
	}
	p.count++
	return p.contact.Name(), nil
}

// example returns a curl command that makes the contact write to the session.
func (p *phones) example() string {
	return fmt.Sprintf(`curl -X POST %s%s/messages -d '{"from":%q,"to":%q,"text":"Hello from another terminal"}'`,
		p.endpoint(), control.Prefix, p.contact.PN().User, p.owner.PN().User)
}

// unhandled returns the stanzas that the simulator received and does not know.
func (p *phones) unhandled() []string { return p.server.Unhandled() }

func (p *phones) close() error { return errors.Join(p.server.Close(), p.log.Close()) }
