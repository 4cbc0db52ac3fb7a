// Package httpapi is the runtime's HTTP API: WAHA's chat API and the Wappfy and
// Wawp dialects, for one session. All routes are in routes.go; the handlers of a
// noun are in the file of that name.
package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/wasession/wasession/api/apidocs"
	"github.com/wasession/wasession/api/chathttp"
	"github.com/wasession/wasession/api/mcp"
	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/httpapi/auth"
	"github.com/wasession/wasession/runtime/intake"
	"github.com/wasession/wasession/runtime/linkpreview"
	"github.com/wasession/wasession/runtime/media"
	"github.com/wasession/wasession/runtime/wire"
)

// Options configure the API. All fields are required unless marked optional.
type Options struct {
	// Session is the name of the only session this runtime serves.
	Session string
	// Reader is the store, Live the WhatsApp connection.
	Reader Reader
	Live   Session
	// Raw makes `_data` of a message: {Info, Message}.
	Raw wire.Raw
	// Access opens the API; an auth.Keyring in it can be refilled while in use.
	Access auth.Access
	// Files are the downloaded media.
	Files *media.Library
	// AutoArchive carries out the archive policies.
	AutoArchive AutoArchive
	// Intake accepts files to send, Previews fetches linked pages.
	Intake   *intake.Intake
	Previews *linkpreview.Reader
	// Converter converts files to what phones play.
	Converter Converter
	// Journal stores send requests by idempotency key, Outbox the webhook deliveries.
	Journal Journal
	Outbox  Outbox
	// Stop asks the process to end, and returns at once.
	Stop func()
	// Config is the configuration in force.
	Config func() v1.Config
	// Version is the version of this build.
	Version string
	// Log receives requests at debug level, and failures; optional.
	Log *slog.Logger
	// Metrics serves GET /metrics to requests with a key; optional.
	Metrics http.Handler
	// Mounts are handlers that authenticate requests themselves, by ServeMux
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
	// spec describes the API; built on first use.
	spec     func() (document, error)
	pictures *pictures
	walks    walks
	// underWay holds the idempotency keys of send requests in progress.
	underWay sync.Map
	// models serves the API as tools.
	models http.Handler
	// fileTurns limits how many requests with files are read at the same time.
	fileTurns chan struct{}
	// budget limits the memory used by list responses in progress.
	budget budget
	// previews limits how many previews of channels there are at once: what WhatsApp
	// answers is in memory as a whole.
	previews budget
	// patience is how long a client may take to read a part of a response.
	patience time.Duration
}

// New returns the API. Serve it with Serve, or as any http.Handler, while Run is
// running.
func New(o Options) *API {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	a := &API{Options: o, started: o.Now(), fileTurns: make(chan struct{}, mostFiles), budget: newBudget(), previews: newPreviews(), patience: takeTime}
	a.pictures = newPictures(a)
	a.walks = walks{reader: o.Reader, now: o.Now, byKey: map[string]*walk{}}
	a.routes = a.table()
	a.models = mcp.New(mcp.Options{API: a, Session: a.Session, May: a.mayUse, AtOnce: toolsAtOnce, Version: a.Version})
	a.spec = sync.OnceValues(a.makeSpec)
	a.handler = a.guard(chathttp.CrossOrigin(a.allowedOrigins, a.mux()))
	return a
}

func (a *API) allowedOrigins() []string { return a.Config().AllowedOrigins }

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// Run refreshes chat pictures in the background, at a gentle pace, until the
// context ends.
func (a *API) Run(ctx context.Context) { a.pictures.run(ctx) }

// FileURL returns the download URL of a message's file: under the configured
// public URL if there is one, otherwise under the base URL. Events carry it.
func (a *API) FileURL(base string, m *chat.Message) string {
	return FileURL(a.Config(), a.Session, base, m)
}

// FileURL returns the URL at which a session's API serves the file of a message.
func FileURL(c v1.Config, session, base string, m *chat.Message) string {
	if c.Media.PublicURL != "" {
		base = c.Media.PublicURL
	}
	return base + "/api/files/" + session + "/" + media.Name(m)
}

// mux registers the routes.
func (a *API) mux() http.Handler {
	mux := chathttp.NewMux(a.keyed(http.HandlerFunc(a.noRoute)))
	for _, r := range a.routes {
		mux.Handle(r.method+" "+r.pattern, a.serve(r))
	}
	mux.Handle("/mcp", a.models) // other methods than POST are refused as the protocol wants it
	for path, file := range apidocs.Files() {
		mux.Handle("GET "+path, file)
	}
	if a.Metrics != nil {
		mux.Handle("GET /metrics", a.keyed(a.Metrics))
	}
	for pattern, handler := range a.Mounts {
		mux.Handle(pattern, handler)
	}
	return mux
}
