package session

import (
	"cmp"
	"context"
	"crypto/x509"
	"log/slog"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// Options configure a Session.
type Options struct {
	// Name is the session's name on the HTTP API.
	Name string
	// Dir is the data directory. The caller has locked it.
	Dir string
	// AccountDir is the directory of the account whose data Store holds. Defaults
	// to Dir.
	AccountDir string
	Store      Store
	Logger     *slog.Logger
	// Version is the version of the runtime's build.
	Version string
	// CrashedAt is when the process last crashed in its container; nil for never.
	CrashedAt *time.Time
	// Endpoint is the simulator to talk to; nil means WhatsApp.
	Endpoint *whatsapp.Endpoint
	// Config is the initial configuration; Hash identifies it.
	Config v1.Config
	Hash   string
	// Proxy is the proxy to WhatsApp that Config names; nil for none.
	Proxy *url.URL
	// DialProxy connects to the proxy; nil for the default dialer.
	DialProxy whatsapp.Dial
	// Roots returns the certificates to trust through the proxy; nil for the
	// system's.
	Roots func() *x509.CertPool
	// Claim reports whether Store holds the data of an account, given its phone
	// number and LID as digits; a store without an account takes this one. Nil
	// claims all. OtherAccount is called when an account is linked that is not
	// claimed: the session refuses its events, and must be closed and opened with
	// that account's store.
	Claim        func(phone, lid string) (bool, error)
	OtherAccount func()
	// Pause keeps the session from connecting until Start is called.
	Pause bool
	// Relieve frees space on the volume while it is full, if it can.
	Relieve func(context.Context)
	// Rest is called when work that takes much memory is done; optional.
	Rest func()
	// SendPatience is the time limit for sending a message. Defaults to 30 s.
	SendPatience time.Duration
}

// Session is one running session. It implements httpapi.Session.
type Session struct {
	opts    Options
	log     *slog.Logger
	store   Store
	account *whatsapp.Account

	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	inbox   *inbox
	attempt int // to connect; used only by the loop
	history chan struct{}
	dirty   chan struct{}

	mu      sync.Mutex
	config  v1.Config
	machine *machine
	phone   phoneCode
	public  v1.Status
	// historyLost counts the parts of the history that could not be imported.
	historyLost int
	phases      []chat.PhaseChange
	changed     chan struct{}
	// amend fill in parts of the status.
	amend []func(*v1.Status)

	// coding is held while a pairing code is requested: a second code would
	// invalidate the first.
	coding sync.Mutex
	// labelling is held while a label is created: no two may get the same ID.
	labelling sync.Mutex
	// login is held by the work that follows a login. unclean is set if the last
	// process did not shut down cleanly, groupsRead and channelsRead once those are read.
	login                             sync.Mutex
	unclean, groupsRead, channelsRead bool
	// fullness wakes watchVolume after a write that failed for lack of space.
	fullness chan struct{}
	// missed is set while a change of the app state is not stored.
	missed    atomic.Bool
	traffic   traffic
	limited   limited
	sending   *sending
	presences *presences
}

// Open opens the session's device and starts it. Close ends it. Open returns
// whatsapp.ErrEndpointMismatch if the session was paired with another endpoint.
func Open(ctx context.Context, opts Options) (*Session, error) {
	opts.AccountDir = cmp.Or(opts.AccountDir, opts.Dir)
	s := &Session{
		opts: opts, log: opts.Logger, store: opts.Store, config: opts.Config,
		inbox: newInbox(), history: make(chan struct{}, 1), dirty: make(chan struct{}, 1), changed: make(chan struct{}),
		fullness: make(chan struct{}, 1), presences: newPresences(), sending: newSending(),
	}
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	account, err := whatsapp.Open(ctx, whatsapp.Options{
		Dir: opts.Dir, Handler: handler{s}, Logger: opts.Logger, Endpoint: opts.Endpoint,
		Proxy: opts.Proxy, DialProxy: opts.DialProxy, Roots: opts.Roots, Device: s.device, FullHistory: opts.Config.History.Sync == v1.HistoryFull,
		SendPatience: opts.SendPatience, Claim: opts.Claim, Pinned: s.pinned,
	})
	if err != nil {
		s.cancel()
		return nil, err
	}
	s.account = account
	if s.unclean, err = markRunning(opts.Dir); err != nil {
		s.cancel()
		_ = account.Close()
		return nil, err
	}
	now := time.Now()
	s.machine = newMachine(opts.Config.Pairing.Method, account.Paired(), now)
	s.machine.mismatched = mismatched(opts.Config.Pairing.Account, account.Me())
	s.public = v1.Status{Session: opts.Name, RuntimeVersion: opts.Version, CrashedAt: opts.CrashedAt, Simulated: opts.Endpoint != nil, ConfigHash: opts.Hash}
	s.countChats()
	if s.admit() != nil {
		s.machine.full = true
	}
	var first []effect
	if !opts.Pause {
		first = s.machine.step(now, startAsked{})
	}
	s.afterStep(now)
	s.work.Go(func() { s.run(first) })
	s.work.Go(s.importHistory)
	s.work.Go(s.countWhenIdle)
	s.work.Go(s.watchVolume)
	s.work.Go(s.sendWaiting)
	return s, nil
}

// Close disconnects and ends all work of the session. Everything that was
// accepted is committed when it returns; the store stays open.
func (s *Session) Close() error {
	s.cancel()
	err := s.account.Close()
	s.work.Wait()
	if err == nil && !s.missed.Load() {
		err = markStopped(s.opts.Dir)
	}
	return err
}

// Configure applies a new configuration. Work in progress continues.
func (s *Session) Configure(config v1.Config, hash string, proxy *url.URL) {
	s.account.SetProxy(proxy)
	s.mu.Lock()
	s.config = config
	s.machine.method = config.Pairing.Method
	account := config.Pairing.Account
	s.public.ConfigHash, s.public.ConfigError = hash, ""
	s.mu.Unlock()
	s.publish()
	s.sending.look()
	s.inbox.put(pinChanged{mismatched(account, s.account.Me())})
}

// device is what the phone's list of linked devices is to show.
func (s *Session) device() whatsapp.Device {
	s.mu.Lock()
	defer s.mu.Unlock()
	return whatsapp.Device{Name: s.config.Pairing.DeviceName, Browser: s.config.Pairing.Browser}
}

// pinned returns the only number that may be linked; empty for any.
func (s *Session) pinned() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.config.Pairing.Account
}

// mismatched reports whether the linked account is not the pinned one.
func mismatched(pinned string, me whatsapp.Me) bool {
	return pinned != "" && me.ID != "" && me.ID.User() != pinned
}

// ConfigRefused sets the error of the latest configuration in the status.
func (s *Session) ConfigRefused(why string) {
	s.mu.Lock()
	s.public.ConfigError = why
	s.mu.Unlock()
	s.publish()
}

// Amend registers a function that fills in a part of the status. It is called by
// every Status and must be fast.
func (s *Session) Amend(part func(*v1.Status)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.amend = append(s.amend, part)
}

// Changed notifies watchers that an amended part of the status has changed.
func (s *Session) Changed() { s.publish() }

// Account returns the session's device.
func (s *Session) Account() *whatsapp.Account { return s.account }
