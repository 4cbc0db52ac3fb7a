package session

import (
	"cmp"
	"context"
	"log/slog"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// Options say how a Session works.
type Options struct {
	// Name is the session's name on the HTTP API.
	Name string
	// Dir is the data directory, which the caller has locked.
	Dir string
	// AccountDir is the folder of the account whose data Store holds; Dir where
	// empty.
	AccountDir string
	Store      Store
	Logger     *slog.Logger
	// Version is the version of the runtime's build.
	Version string
	// Endpoint is the simulator to talk to; nil means WhatsApp.
	Endpoint *whatsapp.Endpoint
	// Config is the configuration at start; Hash identifies it.
	Config v1.Config
	Hash   string
	// Proxy is the way out to WhatsApp that Config names; nil is none.
	Proxy *url.URL
	// DialProxy connects to a proxy; nil means to any.
	DialProxy whatsapp.Dial
	// Claim says whether Store holds the data of an account, given its phone number
	// and LID as digits; a store that holds nobody's is that account's from then
	// on. Nil claims all. OtherAccount is called when one is linked that is not
	// claimed: the session takes nothing of it, and is to be closed and opened with
	// that account's store.
	Claim        func(phone, lid string) (bool, error)
	OtherAccount func()
	// Pause keeps the session from connecting until Start is called.
	Pause bool
	// Relieve makes room on the volume while it is full, where any can be made.
	Relieve func(context.Context)
	// SendPatience bounds how long a message may take to be sent; 30 s where 0.
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
	attempt int // to connect; the loop's own
	history chan struct{}
	dirty   chan struct{}

	mu      sync.Mutex
	config  v1.Config
	machine *machine
	phone   phoneCode
	public  v1.Status
	// historyLost counts the parts of the history that were given up.
	historyLost int
	phases      []chat.PhaseChange
	changed     chan struct{}
	// amend are the parts of the status that others fill in.
	amend []func(*v1.Status)

	// coding is held while a pairing code is asked for: a second one would make
	// the first invalid.
	coding sync.Mutex
	// login is held by what follows a login. unclean says that the last process
	// did not end in order, groupsRead that the groups are known.
	login               sync.Mutex
	unclean, groupsRead bool
	// fullness wakes the watch of the volume after a write that found no room.
	fullness chan struct{}
	// missed says that a change of the shared state was not stored.
	missed atomic.Bool
}

// Open opens the session's device and starts it. Close ends it. The error is
// whatsapp.ErrEndpointMismatch for a session that was paired elsewhere.
func Open(ctx context.Context, opts Options) (*Session, error) {
	opts.AccountDir = cmp.Or(opts.AccountDir, opts.Dir)
	s := &Session{
		opts: opts, log: opts.Logger, store: opts.Store, config: opts.Config,
		inbox: newInbox(), history: make(chan struct{}, 1), dirty: make(chan struct{}, 1), changed: make(chan struct{}),
		fullness: make(chan struct{}, 1),
	}
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	account, err := whatsapp.Open(ctx, whatsapp.Options{
		Dir: opts.Dir, Handler: handler{s}, Logger: opts.Logger, Endpoint: opts.Endpoint,
		Proxy: opts.Proxy, DialProxy: opts.DialProxy, DeviceName: "wasession", FullHistory: opts.Config.History.Sync == v1.HistoryFull,
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
	s.public = v1.Status{Session: opts.Name, RuntimeVersion: opts.Version, Simulated: opts.Endpoint != nil, ConfigHash: opts.Hash}
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
	return s, nil
}

// Close disconnects and ends everything the session does. What was accepted is
// committed when it returns; the store stays open.
func (s *Session) Close() error {
	s.cancel()
	err := s.account.Close()
	s.work.Wait()
	if err == nil && !s.missed.Load() {
		err = markStopped(s.opts.Dir)
	}
	return err
}

// Configure puts a new configuration in force. What is under way goes on.
func (s *Session) Configure(config v1.Config, hash string, proxy *url.URL) {
	s.account.SetProxy(proxy)
	s.mu.Lock()
	s.config = config
	s.machine.method = config.Pairing.Method
	account := config.Pairing.Account
	s.public.ConfigHash, s.public.ConfigError = hash, ""
	s.mu.Unlock()
	s.publish()
	s.inbox.put(pinChanged{mismatched(account, s.account.Me())})
}

// pinned is the only number that may be linked; empty for any.
func (s *Session) pinned() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.config.Pairing.Account
}

// mismatched says that the account that is linked is not the one that is wanted.
func mismatched(pinned string, me whatsapp.Me) bool {
	return pinned != "" && me.ID != "" && me.ID.User() != pinned
}

// ConfigRefused reports that the configuration last read cannot be used.
func (s *Session) ConfigRefused(why string) {
	s.mu.Lock()
	s.public.ConfigError = why
	s.mu.Unlock()
	s.publish()
}

// Amend lets another part of the runtime fill in its part of the status. It is
// called for every Status and must be quick.
func (s *Session) Amend(part func(*v1.Status)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.amend = append(s.amend, part)
}

// Changed tells watchers that an amended part of the status has changed.
func (s *Session) Changed() { s.publish() }

// Account is the session's device, for those who act on WhatsApp directly.
func (s *Session) Account() *whatsapp.Account { return s.account }
