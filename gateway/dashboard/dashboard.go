package dashboard

import (
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/fleet"
	"github.com/wasession/wasession/gateway/forward"
	"github.com/wasession/wasession/gateway/history"
)

// Root is the path of the dashboard.
const Root = "/dashboard/"

// Options are the parts that the dashboard uses. All are required unless marked
// optional.
type Options struct {
	Fleet      *fleet.Fleet
	Keys       *access.Keys
	Identities *access.Identities
	// Limits bounds the requests of each visitor, together with calls of the API.
	Limits *access.Limits
	// Forward streams the events of sessions.
	Forward *forward.Forwarder
	// Attempts bounds the wrong keys of each address, in the login and in calls of the API.
	Attempts *access.Attempts
	// API is the gateway's API.
	API http.Handler
	// CookieKey encrypts logins: 32 bytes, the same at every replica.
	CookieKey []byte
	// History is what the sessions did; optional.
	History *history.History
	// DefaultNamespace is where a new session goes unless the visitor says otherwise;
	// optional.
	DefaultNamespace string
	// Stopping is closed when the gateway begins to stop: streams end then, and the
	// browsers connect to another replica.
	Stopping <-chan struct{}
	Log      *slog.Logger
	// Now is the clock; optional.
	Now func() time.Time
}

// Dashboard serves the pages.
type Dashboard struct {
	Options
	handler http.Handler
	pages   map[string]*template.Template
	assets  assets
	cookies cookies
	streams places
}

// New returns the dashboard.
func New(o Options) (*Dashboard, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	d := &Dashboard{Options: o}
	var err error
	if d.cookies, err = newCookies(o.CookieKey, o.Now); err != nil {
		return nil, err
	}
	if d.assets, err = newAssets(); err != nil {
		return nil, err
	}
	if d.pages, err = parsePages(d.assets); err != nil {
		return nil, err
	}
	d.handler = d.mux()
	return d, nil
}

// policy allows the pages what the gateway serves beside them. Images may stand in a
// page as data: QR codes do.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// ServeHTTP implements http.Handler.
func (d *Dashboard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	d.handler.ServeHTTP(w, r)
}
