package server

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/wasession/wasession/api/apidocs"
	"github.com/wasession/wasession/api/chathttp"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/fleet"
	"github.com/wasession/wasession/gateway/forward"
	"github.com/wasession/wasession/gateway/manage"
	"github.com/wasession/wasession/gateway/socket"
)

// Options are the parts that the server puts together. All are required unless
// marked optional.
type Options struct {
	Fleet *fleet.Fleet
	Keys  *access.Keys
	// KeyWriter changes the keys.
	KeyWriter access.Writer
	// Uses notes when keys are used.
	Uses *access.Uses
	// Identities are the callers with tokens of Kubernetes.
	Identities *access.Identities
	// Limits bounds the calls of each caller.
	Limits *access.Limits
	// Attempts bounds the wrong keys of each address.
	Attempts *access.Attempts
	// AllowedOrigins are the origins whose web pages may call the API, "*" for all.
	AllowedOrigins []string
	Forward        *forward.Forwarder
	Manage         *manage.Manager
	Spool          *forward.Spool
	// Sockets serves the events of the fleet.
	Sockets *socket.Hub
	// DefaultNamespace is where sessions are created whose namespace neither their name
	// nor the key says; optional.
	DefaultNamespace string
	// Ready says whether the sessions and keys are known.
	Ready func() bool
	// Version is the version of this build.
	Version string
	Log     *slog.Logger
	// Metrics registers the server's metrics, and Gather serves them.
	Metrics prometheus.Registerer
	Gather  prometheus.Gatherer
	// MaxBody limits a request's body, in bytes.
	MaxBody int64
	// Pages makes the handler of what people see, at PagesPath; optional. It is given
	// the API, which the pages call.
	Pages func(api http.Handler) (http.Handler, error)
	// Stop asks the process to end, and returns at once.
	Stop func()
	// Now is the clock; optional.
	Now func() time.Time
}

// Server is the gateway's API.
type Server struct {
	Options
	started time.Time
	handler http.Handler
	metrics metrics
	// models serves the API as tools.
	models http.Handler
	// description is the API in OpenAPI's form.
	description apidocs.Document
}

// New returns the API.
func New(o Options) (*Server, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{Options: o, started: o.Now(), metrics: newMetrics(o.Metrics)}
	described, err := describe(o.Version)
	if err != nil {
		return nil, err
	}
	s.description = apidocs.New("application/json; charset=utf-8", described)
	if s.models, err = s.tools(); err != nil {
		return nil, err
	}
	routes, err := s.table()
	if err != nil {
		return nil, err
	}
	api := s.guard(chathttp.CrossOrigin(s.allowedOrigins, s.mux(routes)))
	if s.handler, err = s.withPages(api); err != nil {
		return nil, err
	}
	return s, nil
}

// bodyPace is how bodies must arrive, so that a client cannot hold a place at a pod.
var bodyPace = chathttp.Pace{Grace: 15 * time.Second}

// allowedOrigins are the origins of CORS; an empty list allows none.
func (s *Server) allowedOrigins() []string { return append([]string{}, s.AllowedOrigins...) }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }
