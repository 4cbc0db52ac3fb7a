// Package statusapi serves the operator's endpoints: the stream of status reports,
// on-demand archive runs, and logout. They require tokens that the operator signs for
// this pod, not API keys.
package statusapi

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// Session is the session to report on and control.
type Session interface {
	Status() v1.Status
	// Watch returns a channel that is closed at the next change of status.
	Watch() <-chan struct{}
	// Logout unlinks the device; ErrNotConnected.
	Logout(ctx context.Context) error
}

// Options configure the API.
type Options struct {
	Session Session
	// RunArchive starts a run of the archive policies, unless the ID was used before.
	RunArchive func(ctx context.Context, id string) error
	Logger     *slog.Logger
	// PodUID is the pod that tokens must be issued for; if empty, all are refused.
	PodUID string
	// Now is the clock; the default is time.Now.
	Now func() time.Time
}

// API serves the endpoints. Without keys it refuses all requests.
type API struct {
	opts Options
	keys atomic.Pointer[[]ed25519.PublicKey]
	mux  http.ServeMux
}

// New returns an API, which refuses all requests until SetKeys is called.
func New(o Options) *API {
	if o.Now == nil {
		o.Now = time.Now
	}
	a := &API{opts: o}
	a.mux.HandleFunc("GET "+v1.StatusPath, a.status)
	a.mux.HandleFunc("POST "+v1.ArchiveRunPath, a.runArchive)
	a.mux.HandleFunc("POST "+v1.LogoutPath, a.logout)
	return a
}

// SetKeys replaces the public keys for tokens; without any, all are refused.
func (a *API) SetKeys(keys []ed25519.PublicKey) { a.keys.Store(&keys) }

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !a.authorized(r) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(w, `{"message":"Unauthorized","statusCode":401}`, http.StatusUnauthorized)
		return
	}
	a.mux.ServeHTTP(w, r)
}

// authorized says whether a request has a valid token for this pod.
func (a *API) authorized(r *http.Request) bool {
	keys := a.keys.Load()
	token, isBearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return keys != nil && isBearer && v1.VerifyToken(*keys, token, a.opts.PodUID, a.opts.Now()) == nil
}

func (a *API) status(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("watch") == "true" {
		a.stream(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(a.opts.Session.Status()); err != nil {
		a.opts.Logger.Debug("Failed to send the status", "error", err)
	}
}

func (a *API) runArchive(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("id")
	if id == "" || len(id) > v1.MaxArchiveRunID {
		http.Error(w, "the query parameter id must be set, to at most 256 characters", http.StatusBadRequest)
		return
	}
	if err := a.opts.RunArchive(r.Context(), id); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

func (a *API) logout(w http.ResponseWriter, r *http.Request) {
	err := a.opts.Session.Logout(r.Context())
	switch {
	case errors.Is(err, chat.ErrNotConnected):
		http.Error(w, "the session is not connected", http.StatusConflict)
	case err != nil:
		a.opts.Logger.Warn("Logout failed", "error", err)
		http.Error(w, "the logout was not confirmed", http.StatusBadGateway)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}
