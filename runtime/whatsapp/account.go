package whatsapp

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// Handler is who an Account works for. Its methods are called from the engine's
// goroutines, several at a time.
type Handler interface {
	// Apply commits changes. WhatsApp is told that their cause has arrived when it
	// returns nil, and delivers it again otherwise; chat.ErrUnstorable says that
	// this would be of no use.
	Apply(ctx context.Context, changes ...chat.Change) error
	// Message finds a stored message; chat.ErrNotFound.
	Message(ctx context.Context, chatID chat.ID, stanza string) (chat.Message, error)
	// PictureChanged says that the cached picture of a chat is out of date.
	PictureChanged(ctx context.Context, id chat.ID, removed bool)
	// StateMissed says that a change of the shared state could not be stored. The
	// engine counts it as seen: only Resync brings it back.
	StateMissed()
	// HistoryArrived says that a part of the history was written down.
	HistoryArrived()
	// Turned tells of a turn of the connection. It must not block.
	Turned(t Turn)
}

// Options say how an Account works.
type Options struct {
	// Dir is the session's data directory.
	Dir     string
	Handler Handler
	Logger  *slog.Logger
	// Endpoint is the simulator to talk to; nil means WhatsApp.
	Endpoint *Endpoint
	// DeviceName is what the phone shows in its list of linked devices.
	DeviceName string
	// Proxy is the way out; nil is none.
	Proxy *url.URL
	// DialProxy connects to a proxy; nil means to any.
	DialProxy Dial
	// FullHistory asks the phone for all of its history at pairing.
	FullHistory bool
	// Claim says whether Handler keeps the data of an account, given its phone
	// number and LID as digits. A handler that keeps nobody's data yet keeps this
	// account's from then on. It is asked before a link is saved; what an account
	// brings that is not claimed is not handed on. It must not call the Account.
	// Nil claims all.
	Claim func(phone, lid string) (bool, error)
	// Pinned is the only number that may be linked, as digits; empty for any.
	// It is asked each time.
	Pinned func() string
	// SendPatience bounds how long a message may take to be sent; 30 s where 0.
	SendPatience time.Duration
}

// Account is a WhatsApp account's linked device, or one that waits to be linked.
type Account struct {
	opts Options
	log  *slog.Logger
	db   *deviceDB

	// ctx lives as long as the account; work that the engine starts ends with it.
	ctx    context.Context
	cancel context.CancelFunc
	// sharing is held, by what is in it, while the shared state is changed.
	sharing  chan struct{}
	outbound outbound
	// handling counts events that are being handled.
	handling sync.WaitGroup
	// sending is held by the message that is on its way out.
	sending chan struct{}
	// late counts those who wait for answers that did not come in time.
	late sync.WaitGroup

	mu     sync.Mutex
	closed bool
	client *whatsmeow.Client
	// gone says that the client's device was deleted: the next Connect needs a
	// new one.
	gone bool
	me   Me
	// mapped are the pairs of LID and number that were applied already.
	mapped map[chat.LIDMapped]struct{}
	// hangUp ends the context of the present connection.
	hangUp    context.CancelFunc
	redeliver redelivery
	// held says that an account is linked that was not claimed: nothing of it is
	// taken.
	held bool
}

// Me is the account's own identity; empty while unpaired.
type Me struct {
	ID, LID  chat.ID
	JID      string
	PushName string
}

// Open opens the device's database. It does not connect. The error is
// ErrEndpointMismatch for a session that belongs elsewhere.
func Open(ctx context.Context, opts Options) (*Account, error) {
	a := &Account{opts: opts, log: opts.Logger, mapped: map[chat.LIDMapped]struct{}{}, sharing: make(chan struct{}, 1), sending: make(chan struct{}, 1)}
	if err := sweep(opts.Dir); err != nil {
		a.log.Warn("Files that an earlier process left half written could not be removed", "error", err)
	}
	gate := &historyGate{announce: a.announce}
	db, err := openDeviceDB(ctx, opts.Dir, gate, newEngineLog(a.log))
	if err != nil {
		return nil, err
	}
	a.db = db
	db.linking = a.linking
	dev, err := db.device(ctx)
	if err == nil {
		err = checkMarker(opts.Dir, opts.Endpoint, dev.ID != nil)
	}
	if err != nil {
		_ = db.close()
		return nil, err
	}
	if e := opts.Endpoint; e != nil && whatsmeow.WACertPubKey != e.RootKey {
		whatsmeow.WACertPubKey = e.RootKey
	}
	describeDevice(opts)
	a.outbound.dial = opts.DialProxy
	a.outbound.set(opts.Endpoint, opts.Proxy)
	a.ctx, a.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if err := a.adopt(dev); err != nil {
		a.cancel()
		_ = db.close()
		return nil, err
	}
	return a, nil
}

// describeDevice sets what the phone is told of the device that links to it.
// whatsmeow keeps this in one variable of the process.
func describeDevice(opts Options) {
	store.DeviceProps.Os = &opts.DeviceName
	store.DeviceProps.PlatformType = waCompanionReg.DeviceProps_CHROME.Enum()
	store.DeviceProps.RequireFullSync = &opts.FullHistory
}

// adopt makes the client of a device. One that is linked to another account than
// Handler keeps is held: that of a pairing that failed after it was saved.
func (a *Account) adopt(dev *store.Device) error {
	own, err := a.claims(dev)
	if err != nil {
		return err
	}
	c := whatsmeow.NewClient(dev, newEngineLog(a.log))
	c.BackgroundEventCtx = a.ctx
	c.SynchronousAck = true
	c.EnableDecryptedEventBuffer = true
	c.ManualHistorySyncDownload = true
	c.DisableManualHistorySyncReceipt = true
	c.EmitAppStateEventsOnFullSync = true
	c.AutomaticMessageRerequestFromPhone = true
	c.UseRetryMessageStore = true
	c.InitialAutoReconnect = true
	c.SetMaxParallelRetryReceiptHandling(2)
	c.AutoReconnectHook = func(error) bool {
		// whatsmeow waits two seconds more after each failure: a minute is
		// enough, WhatsApp comes back without notice.
		const most = 30
		c.AutoReconnectErrors = min(c.AutoReconnectErrors, most)
		return true
	}
	c.PrePairCallback = func(phone types.JID, _, _ string) bool { return a.admit(phone.User) }
	c.AddEventHandlerWithSuccessStatus(func(evt any) bool { return a.handle(c, evt) })
	out := &http.Client{Transport: &a.outbound}
	c.SetMediaHTTPClient(out)
	c.SetWebsocketHTTPClient(out)
	c.SetPreLoginHTTPClient(out)
	a.client, a.gone, a.me, a.held = c, false, Me{}, !own
	if own {
		a.me = identity(dev)
	}
	return nil
}

func identity(dev *store.Device) Me {
	if dev.ID == nil {
		return Me{}
	}
	return Me{ID: jid.ChatID(*dev.ID), LID: jid.ChatID(dev.LID), JID: dev.ID.String(), PushName: dev.PushName}
}

// Me is the account's identity.
func (a *Account) Me() Me {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.me
}

// Paired says whether the device is linked to an account.
func (a *Account) Paired() bool { return a.Me().ID != "" }

func (a *Account) current() *whatsmeow.Client {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.client
}

// online is the client where it is logged in, and not held; ErrNotConnected
// otherwise.
func (a *Account) online() (*whatsmeow.Client, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.gone || a.held || !a.client.IsConnected() || !a.client.IsLoggedIn() {
		return nil, chat.ErrNotConnected
	}
	return a.client, nil
}

// PairCode asks for a code to type on the phone with this number (digits).
func (a *Account) PairCode(ctx context.Context, phone string) (string, error) {
	code, err := a.current().PairPhone(ctx, phone, true, whatsmeow.PairClientChrome, "Chrome (Linux)")
	if err != nil {
		return "", failure(fmt.Errorf("ask for a pairing code: %w", err))
	}
	return code, nil
}

// Logout unlinks the device from the account and forgets its keys.
func (a *Account) Logout(ctx context.Context) error {
	c, err := a.online()
	if err != nil {
		return err
	}
	if err := c.Logout(ctx); err != nil {
		return failure(fmt.Errorf("log out: %w", err))
	}
	a.forget()
	return nil
}

// forget notes that the device's keys are gone; false if that was known.
func (a *Account) forget() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.gone {
		return false
	}
	a.gone, a.me = true, Me{}
	return true
}

// mapper is a mapper of the present account.
func (a *Account) mapper() mapper {
	a.mu.Lock()
	defer a.mu.Unlock()
	return mapper{me: jid.Of(a.me.ID), myLID: jid.Of(a.me.LID), numbers: a.db.container.LIDMap}
}

// ownJID is the account's own address without a device part.
func (a *Account) ownJID() types.JID { return jid.Of(a.Me().ID) }
