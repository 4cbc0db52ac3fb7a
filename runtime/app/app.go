// Package app assembles the runtime of a session: it opens the parts in order,
// keeps them running and configured, and closes them in reverse order. The
// command, the API tests and the benchmarks all run an App.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/accounts"
	"github.com/wasession/wasession/runtime/archive"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/delivery"
	"github.com/wasession/wasession/runtime/egress"
	"github.com/wasession/wasession/runtime/httpapi"
	"github.com/wasession/wasession/runtime/httpapi/auth"
	"github.com/wasession/wasession/runtime/intake"
	"github.com/wasession/wasession/runtime/media"
	"github.com/wasession/wasession/runtime/session"
	"github.com/wasession/wasession/runtime/statusapi"
	"github.com/wasession/wasession/runtime/store"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// Options configure an App.
type Options struct {
	// Data is the data directory. Run locks it; callers of Open must have done so.
	Data string
	// Session is the session's name on the HTTP API. Defaults to the name in the
	// configuration, or "default".
	Session string
	// ConfigFile is the configuration file, reloaded when it changes; empty for
	// none.
	ConfigFile string
	// CABundle is a file of certificates in PEM that are trusted besides the
	// system's, reloaded when it changes; empty for none.
	CABundle string
	Keys     Keys
	Egress   egress.Options
	// PodUID is the UID of the pod that the operator's tokens must be issued for.
	PodUID string
	// Endpoint is the simulator to connect to; nil means WhatsApp.
	Endpoint *whatsapp.Endpoint
	// Address is the base URL of the HTTP API for clients on the same machine.
	Address string
	// Metrics is where the metrics are served without an API key; nil for nowhere.
	Metrics net.Listener
	// Version is the version of this build.
	Version string
	// CrashedAt is when the process last crashed and was started again in its container;
	// nil for never.
	CrashedAt *time.Time
	Log       *slog.Logger
	// Level is the level of Log, set from the configuration unless nil.
	Level *slog.LevelVar
	// Began is the start of the process, for the log. Optional.
	Began time.Time
	// SendPatience is the time limit for sending a message. Defaults to 30 s.
	SendPatience time.Duration
	// Offline keeps the session from connecting until Start is called.
	Offline bool
}

// App holds the parts of a running session.
type App struct {
	// Store and Session are exported for tests and benchmarks.
	Store   *store.Store
	Session *session.Session

	opts     Options
	name     string
	log      *slog.Logger
	settings atomic.Pointer[settings]
	// keyring holds the valid API keys, keyFaults the errors of the others.
	keyring   *auth.Keyring
	tokens    *auth.Tokens // of the gateway
	keyFaults atomic.Pointer[string]
	registry  *prometheus.Registry

	guard    *egress.Guard
	bundle   bundle
	media    *media.Library
	intake   *intake.Intake
	delivery *delivery.Dispatcher
	archive  *archive.Engine
	operator *statusapi.API
	api      *httpapi.API

	// account is the directory of the current account. otherAccount receives when
	// another account is linked.
	account      accounts.Folder
	claiming     sync.Mutex
	own          atomic.Pointer[chat.ID]
	otherAccount chan struct{}
	// stop receives when the process is asked to end.
	stop chan struct{}
	// kept is the data kept of other accounts.
	kept atomic.Pointer[accounts.Kept]
	// began is when the App was opened, the base of steady.
	began time.Time
	// rest returns memory after bursts of work.
	rest *rest
	// opened is set once all parts are open.
	opened atomic.Bool
}

// Open opens the parts, from the store upwards, and starts connecting the
// session. Serve runs them, Close closes them.
func Open(ctx context.Context, o Options) (*App, error) {
	a := &App{
		opts: o, log: o.Log, registry: newRegistry(), guard: egress.New(o.Egress), keyring: auth.NewKeyring(),
		otherAccount: make(chan struct{}, 1), stop: make(chan struct{}, 1), began: time.Now(),
	}
	a.rest = newRest(a.giveBack)
	first, err := a.load()
	if err != nil {
		return nil, err
	}
	a.settings.Store(&first)
	_ = a.trustBundle() // apply reports it
	a.name = first.Config.Session
	a.setLevel(first.Config.LogLevel)
	if err := a.chooseAccount(ctx); err != nil {
		return nil, err
	}
	if err := a.openStore(ctx, first); err != nil {
		return nil, err
	}
	a.Session, err = session.Open(ctx, session.Options{
		Name: a.name, Dir: o.Data, AccountDir: a.account.Path, Store: a.Store, Logger: a.log, Version: o.Version, CrashedAt: o.CrashedAt,
		Endpoint: o.Endpoint, Claim: a.claim, OtherAccount: a.otherLinked,
		Config: first.Config, Hash: first.Hash, Proxy: first.proxy, DialProxy: a.guard.Manifest().Dial, Roots: a.guard.Roots,
		Relieve: a.relieve, Rest: a.rest.stir, SendPatience: o.SendPatience, Pause: o.Offline,
	})
	if err != nil {
		return nil, errors.Join(explain(err, o), a.Store.Close())
	}
	if err := a.openRest(); err != nil {
		if a.media != nil {
			a.media.Close()
		}
		return nil, errors.Join(err, a.Session.Close(), a.Store.Close())
	}
	return a, nil
}

// openStore opens the store and the dispatcher. New webhooks are registered in
// the outbox before there are any events.
func (a *App) openStore(ctx context.Context, first settings) (err error) {
	a.Store, err = store.Open(ctx, a.inAccount("chats.db"), store.Options{
		Encode: a.encoder().Payload, Logger: a.log, Steady: a.steady, OnCommit: a.committed,
	})
	if err != nil {
		return err
	}
	a.delivery = delivery.New(delivery.Options{
		Outbox: a.Store, Envelope: a.envelope, Logger: a.log, Metrics: delivery.NewMetrics(a.registry),
		Egress: a.guard.Manifest(),
	})
	for _, w := range first.webhooks {
		if err := w.Register(ctx, a.Store); err != nil {
			return errors.Join(err, a.Store.Close())
		}
	}
	return nil
}

// openRest opens the parts that need the session.
func (a *App) openRest() (err error) {
	a.media, err = media.Open(media.Options{
		Dir: a.inAccount("media"), Session: a.name, Index: a.Store, Log: a.log, Now: a.steady, Fetch: a.Session.Download,
		Client: a.guard.Manifest().Direct(), Room: a.roomForFiles,
		Config: func() v1.Media { return a.config().Media },
	})
	if err != nil {
		return err
	}
	a.intake, err = intake.Open(intake.Options{Dir: filepath.Join(a.opts.Data, "outgoing"), Egress: a.guard.Callers()})
	if err != nil {
		return err
	}
	a.archive = archive.New(archive.Options{
		Chats: a.Store, Journal: a.Store, Account: session.Archiver{Session: a.Session},
		Logger: a.log, OnChange: a.Session.Changed, Metrics: archive.NewMetrics(a.registry),
	})
	a.Session.Amend(a.amendStatus)
	a.operator = statusapi.New(statusapi.Options{
		Session: a.Session, Logger: a.log, PodUID: a.opts.PodUID,
		RunArchive: func(ctx context.Context, id string) error {
			_, err := a.archive.Request(ctx, id, false)
			return err
		},
	})
	a.tokens = auth.NewTokens(a.name, a.opts.PodUID)
	a.api = a.newAPI()
	a.registry.MustRegister(newFigures(a.Session, a.Store, a.opts.Data, a.kept.Load))
	a.opened.Store(true)
	a.apply(*a.settings.Load())
	a.reloadKeys()
	return nil
}

// mostUnknownGroups is the maximum number of unknown groups in the status.
const mostUnknownGroups = 50

// amendStatus adds what other parts know to the session's status.
func (a *App) amendStatus(s *v1.Status) {
	status, groups := a.archive.Status()
	s.Archive = status
	for _, id := range groups[:min(len(groups), mostUnknownGroups)] {
		s.UnknownGroups = append(s.UnknownGroups, string(id))
	}
	if faults := a.keyFaults.Load(); faults != nil {
		s.KeysError = *faults
	}
}

// committed is called after each commit, with whether it wrote events.
func (a *App) committed(events bool) {
	if events {
		a.delivery.Notify()
	}
	a.rest.stir()
}

// Handler returns the HTTP API.
func (a *App) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer a.rest.stir()
		a.api.ServeHTTP(w, r)
	})
}

// Close closes the parts, the store last: by then everything is committed.
func (a *App) Close() error {
	a.media.Close()
	return errors.Join(a.Session.Close(), a.Store.Close())
}

// config returns the current configuration.
func (a *App) config() v1.Config { return a.settings.Load().Config }

// explain adds to a startup error what to do about it.
func explain(err error, o Options) error {
	if errors.Is(err, whatsapp.ErrEndpointMismatch) {
		endpoint := "WhatsApp"
		if o.Endpoint != nil {
			endpoint = o.Endpoint.URL.String()
		}
		return fmt.Errorf("%w than %s: use the endpoint it was paired with or another data directory", err, endpoint)
	}
	return err
}
