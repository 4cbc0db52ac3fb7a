// Package httpapi is the runtime's HTTP API: WAHA's chat API and the dialects
// of Wappfy and Wawp, for one session. Routes are in routes.go, one screen;
// the handlers of a noun are in a file of its name.
package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/httpapi/auth"
	"github.com/wasession/wasession/runtime/intake"
	"github.com/wasession/wasession/runtime/linkpreview"
	"github.com/wasession/wasession/runtime/media"
	"github.com/wasession/wasession/runtime/wire"
)

// Options are what the API is made of. All but those marked are needed.
type Options struct {
	// Session is the session's name, the only one this runtime serves.
	Session string
	// Reader is the store, Live the connection to WhatsApp.
	Reader Reader
	Live   Session
	// Raw makes `_data` of a message: {Info, Message}.
	Raw wire.Raw
	// Keys are the API keys; an auth.Keyring can be refilled while in use.
	Keys auth.Source
	// Files are the downloaded media.
	Files *media.Library
	// AutoArchive carries out the archive policies.
	AutoArchive AutoArchive
	// Intake takes in files to be sent, Previews reads pages that are linked to.
	Intake   *intake.Intake
	Previews *linkpreview.Reader
	// Journal remembers requests to send by their keys, Outbox the deliveries.
	Journal Journal
	Outbox  Outbox
	// Config is the configuration in force.
	Config func() v1.Config
	// Version is the build's.
	Version string
	// Log takes a line for each request at debug, and failures; optional.
	Log *slog.Logger
	// Metrics answers GET /metrics to those with a key; optional.
	Metrics http.Handler
	// Mounts are handlers with an authentication of their own, by ServeMux
	// pattern: "/ws", "/runtime/v1/"; optional.
	Mounts map[string]http.Handler
	// Now is the clock; optional.
	Now func() time.Time
}

// API is the HTTP API of one session.
type API struct {
	Options
	started time.Time
	handler http.Handler
	routes  []route
	// spec and page are the API described, made when first asked for.
	spec, page func() (document, error)
	pictures   *pictures
	walks      walks
	// underWay are the keys of requests to send that are being answered.
	underWay sync.Map
	// fileTurns bounds the requests with files that are taken in at once.
	fileTurns chan struct{}
	// budget bounds the memory of the lists that are being answered.
	budget budget
	// patience is how long a client may take for a part of an answer.
	patience time.Duration
}

// New makes the API. Serve it with Serve, or as any http.Handler; Run must run
// beside it.
func New(o Options) *API {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	a := &API{Options: o, started: o.Now(), fileTurns: make(chan struct{}, mostFiles), budget: newBudget(), patience: takeTime}
	a.pictures = newPictures(a)
	a.walks = walks{reader: o.Reader, now: o.Now, byKey: map[string]*walk{}}
	a.routes = a.table()
	a.spec, a.page = sync.OnceValues(a.makeSpec), sync.OnceValues(a.makePage)
	a.handler = a.guard(a.mux())
	return a
}

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// Run does the work behind the requests, refreshing chat pictures at a gentle
// pace, until the context ends.
func (a *API) Run(ctx context.Context) { a.pictures.run(ctx) }

// FileURL is where the file of a message can be had: under the base URL, or
// under the configured public URL where there is one. It is what events carry.
func (a *API) FileURL(base string, m *chat.Message) string {
	return FileURL(a.Config(), a.Session, base, m)
}

// FileURL is where a session's API serves the file of a message.
func FileURL(c v1.Config, session, base string, m *chat.Message) string {
	if c.Media.PublicURL != "" {
		base = c.Media.PublicURL
	}
	return base + "/api/files/" + session + "/" + media.Name(m)
}

// mux puts the routes on two multiplexers. Session names share their place in
// the path with fixed words (/api/sessions, /api/files), which one ServeMux
// would call a conflict: fixed words go first.
func (a *API) mux() http.Handler {
	fixed, session := http.NewServeMux(), http.NewServeMux()
	for _, r := range a.routes {
		if r.ofSession() {
			session.Handle(r.method+" "+r.pattern, a.serve(r))
		} else {
			fixed.Handle(r.method+" "+r.pattern, a.serve(r))
		}
	}
	if a.Metrics != nil {
		fixed.Handle("GET /metrics", a.keyed(a.Metrics))
	}
	for pattern, handler := range a.Mounts {
		fixed.Handle(pattern, handler)
	}
	session.Handle("/", a.keyed(http.HandlerFunc(a.noRoute)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := fixed.Handler(r); pattern != "" {
			fixed.ServeHTTP(w, r)
			return
		}
		session.ServeHTTP(w, r)
	})
}
