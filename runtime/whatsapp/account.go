package whatsapp

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// Handler receives what happens to an Account. whatsmeow calls its methods
// concurrently.
type Handler interface {
	// Apply commits changes. If it returns nil, their cause is acknowledged to
	// WhatsApp; otherwise WhatsApp delivers it again. chat.ErrUnstorable means that
	// delivering again cannot help.
	Apply(ctx context.Context, changes ...chat.Change) error
	// Message returns a stored message, or chat.ErrNotFound.
	Message(ctx context.Context, chatID chat.ID, stanza string) (chat.Message, error)
	// PictureChanged reports that the cached picture of a chat is out of date.
	PictureChanged(ctx context.Context, id chat.ID, removed bool)
	// StateMissed reports that a change of the app state could not be stored.
	// whatsmeow has already advanced its version: only Resync brings it back.
	StateMissed()
	// HistoryArrived reports that a history notification was stored.
	HistoryArrived()
	// Turned reports a change of the connection. It must not block.
	Turned(t Turn)
}

// Options configure an Account.
type Options struct {
	// Dir is the session's data directory.
	Dir     string
	Handler Handler
	Logger  *slog.Logger
	// Endpoint is the simulator to talk to; nil means WhatsApp.
	Endpoint *Endpoint
	// Device returns what the phone's list of linked devices is to show of a device
	// that is linked now. Required.
	Device func() Device
	// Proxy is the proxy for all traffic to WhatsApp; nil for none.
	Proxy *url.URL
	// DialProxy connects to the proxy; nil for the default dialer.
	DialProxy Dial
	// Roots returns the certificates to trust through the proxy, asked for
	// whenever that is set; nil for the system's.
	Roots func() *x509.CertPool
	// FullHistory requests the phone's full history at pairing.
	FullHistory bool
	// Claim reports whether Handler stores the data of an account, given its phone
	// number and LID as digits. A handler without an account takes this one. Claim
	// is called before a new pairing is saved; events of an account that is not
	// claimed are not passed on. It must not call the Account. Nil claims all.
	Claim func(phone, lid string) (bool, error)
	// Pinned returns the only number that may be linked, as digits; empty for any.
	// It is called at each pairing.
	Pinned func() string
	// SendPatience is the time limit for sending a message. Defaults to 30 s.
	SendPatience time.Duration
}

// Account is a linked device of a WhatsApp account, or one waiting to be paired.
type Account struct {
	opts Options
	log  *slog.Logger
	db   *deviceDB

	// ctx ends when the account is closed, and with it what whatsmeow started.
	ctx    context.Context
	cancel context.CancelFunc
	// sharing is a lock of capacity 1, held while an app state patch is sent.
	sharing chan struct{}
	echoes  echoes
	// groupEchoes tells calls that change groups when their changes are stored.
	groupEchoes groupEchoes
	calls       ringing
	// groupOrder is held while changes of groups are stored and passed on, and while a
	// list of all groups is, which is older than they are.
	groupOrder sync.Mutex
	approvals  approvals
	outbound   outbound
	// handling counts the events in progress.
	handling sync.WaitGroup
	// sending is a lock of capacity 1, held while a message is sent.
	sending chan struct{}
	// late counts the goroutines that wait for late answers.
	late sync.WaitGroup

	mu     sync.Mutex
	closed bool
	client *whatsmeow.Client
	// gone is set once the client's device was deleted: the next Connect makes a
	// new one.
	gone bool
	me   Me
	// linked is the identity that the device was saved with. It becomes me once
	// WhatsApp has confirmed the pairing.
	linked Me
	// link tells once of the link that was made last; nil if it is older than client.
	link *sync.Once
	// available is set while the account shows itself as online, which ends with the
	// connection.
	available bool
	// mapped are the LID mappings that were applied already.
	mapped map[chat.LIDMapped]struct{}
	// hangUp cancels the context of the current connection.
	hangUp    context.CancelFunc
	redeliver redelivery
	// held is set while the linked account is not claimed: its events are refused.
	held bool
}

// Open opens the device database without connecting. It returns
// ErrEndpointMismatch if the device was paired with another endpoint.
func Open(ctx context.Context, opts Options) (*Account, error) {
	a := &Account{opts: opts, log: opts.Logger, mapped: map[chat.LIDMapped]struct{}{}, sharing: make(chan struct{}, 1), sending: make(chan struct{}, 1)}
	if err := sweep(opts.Dir); err != nil {
		a.log.Warn("Failed to remove temporary files of an earlier process", "error", err)
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
	a.outbound.dial, a.outbound.roots = opts.DialProxy, opts.Roots
	a.outbound.set(opts.Endpoint, opts.Proxy)
	a.ctx, a.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if err := a.adopt(dev); err != nil {
		a.cancel()
		_ = db.close()
		return nil, err
	}
	return a, nil
}

// adopt creates the client for a device. A device whose account is not claimed
// is held: its pairing failed after it was saved.
func (a *Account) adopt(dev *store.Device) error {
	own, err := a.claims(dev)
	if err != nil {
		return err
	}
	c := whatsmeow.NewClient(dev, clientLog{newEngineLog(a.log), newBacklog()})
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
	c.AutoReconnectHook = func(err error) bool {
		if _, often := isOften(err); often {
			a.turn(c, Throttled{})
			return false
		}
		// whatsmeow adds two seconds after each failure. One minute is the limit
		// here, so that an outage is noticed as over soon after its end.
		const most = 30
		c.AutoReconnectErrors = min(c.AutoReconnectErrors, most)
		return true
	}
	c.GetClientPayload = func() *waWa6.ClientPayload { return clientPayload(dev, a.opts) }
	c.PrePairCallback = func(phone types.JID, _, _ string) bool { return a.admit(phone.User) }
	c.AddEventHandlerWithSuccessStatus(func(evt any) bool { return a.handle(c, evt) })
	out := &http.Client{Transport: &a.outbound}
	c.SetMediaHTTPClient(out)
	c.SetWebsocketHTTPClient(out)
	c.SetPreLoginHTTPClient(out)
	a.client, a.gone, a.held = c, false, !own
	a.me, a.linked, a.link = Me{}, identity(dev), nil
	if own {
		a.me = a.linked
	}
	return nil
}

func (a *Account) current() *whatsmeow.Client {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.client
}

// online returns the client if it is logged in and not held, and the account is
// known; ErrNotConnected otherwise.
func (a *Account) online() (*whatsmeow.Client, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.gone || a.held || a.me.ID == "" || !a.client.IsConnected() || !a.client.IsLoggedIn() {
		return nil, chat.ErrNotConnected
	}
	return a.client, nil
}

// PairCode requests a code to enter on the phone with this number (digits).
func (a *Account) PairCode(ctx context.Context, phone string) (string, error) {
	kind, shown := a.opts.Device().pairClient()
	code, err := a.current().PairPhone(ctx, phone, true, kind, shown)
	if err != nil {
		return "", fmt.Errorf("requesting a pairing code: %w", failure(err))
	}
	return code, nil
}

// Logout unlinks the device from the account and deletes its keys.
func (a *Account) Logout(ctx context.Context) error {
	c, err := a.online()
	if err != nil {
		return err
	}
	if err := c.Logout(ctx); err != nil {
		return fmt.Errorf("logging out: %w", failure(err))
	}
	a.forget(c)
	return nil
}

// forget records that the keys of a client's device were deleted. It returns false
// if that was known, or if a new client has taken its place.
func (a *Account) forget(c *whatsmeow.Client) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.gone || a.client != c {
		return false
	}
	a.gone, a.me, a.linked, a.link = true, Me{}, Me{}, nil
	return true
}

// mapper returns a mapper for the current account. Its messages can come before the
// event that confirms the pairing.
func (a *Account) mapper() mapper {
	a.mu.Lock()
	defer a.mu.Unlock()
	return mapper{me: jid.Of(a.linked.ID), myLID: jid.Of(a.linked.LID), numbers: a.db.lids}
}
