package fakenode

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

// Runtime follows the runtime's contract with the operator. It reports its
// status, and whatever Change makes of it.
type Runtime struct {
	// IP is its address.
	IP     string
	podUID string

	mu      sync.Mutex
	keys    []ed25519.PublicKey // of the operators that it obeys
	status  runtimev1.Status
	changed chan struct{} // closed and replaced on every change
	server  *http.Server  // nil while it cannot be reached
}

// NewRuntime returns a pod's process with a configuration file. It obeys the
// operators that the file names, and reports status with the file's hash. Whoever
// calls it serves Handler at its address.
func NewRuntime(ip, podUID string, file []byte, status runtimev1.Status) *Runtime {
	r := &Runtime{IP: ip, podUID: podUID, status: status, changed: make(chan struct{})}
	r.takeUp(file)
	return r
}

// StartRuntime is NewRuntime with a listener at its address.
func StartRuntime(ip, podUID string, file []byte, status runtimev1.Status) (*Runtime, error) {
	r := NewRuntime(ip, podUID, file, status)
	return r, r.serve()
}

// Handler answers what the operator asks of a runtime.
func (r *Runtime) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+runtimev1.StatusPath, r.stream)
	mux.HandleFunc("POST "+runtimev1.ArchiveRunPath, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) })
	mux.HandleFunc("POST "+runtimev1.LogoutPath, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return r.authorized(mux)
}

// serve listens at the runtime's address.
func (r *Runtime) serve() error {
	listener, err := net.Listen("tcp", net.JoinHostPort(r.IP, fmt.Sprint(runtimev1.Port)))
	if err != nil {
		return fmt.Errorf("starting a fake runtime: %w", err)
	}
	server := &http.Server{Handler: r.Handler(), ReadHeaderTimeout: 10 * time.Second}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.server = server
	go func() { _ = server.Serve(listener) }() // ends on Close
	return nil
}

// Close ends the process, or its connections to the world.
func (r *Runtime) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.server != nil {
		_ = r.server.Close()
		r.server = nil
	}
}

// Change changes the status and reports it.
func (r *Runtime) Change(change func(*runtimev1.Status)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.status)
	close(r.changed)
	r.changed = make(chan struct{})
}

// ConfigHash returns the hash of the configuration in force.
func (r *Runtime) ConfigHash() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status.ConfigHash
}

// takeUp applies a configuration file. One that cannot be read leaves the
// earlier one in force.
func (r *Runtime) takeUp(file []byte) {
	var config runtimev1.Config
	if json.Unmarshal(file, &config) != nil {
		return
	}
	var keys []ed25519.PublicKey
	for _, text := range config.Operator.Keys {
		if key, err := runtimev1.DecodePublicKey(text); err == nil {
			keys = append(keys, key)
		}
	}
	r.Change(func(s *runtimev1.Status) {
		r.keys = keys
		s.ConfigHash = runtimev1.ConfigHash(file)
	})
}

func (r *Runtime) authorized(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.mu.Lock()
		keys := r.keys
		r.mu.Unlock()
		token := strings.TrimPrefix(q.Header.Get("Authorization"), "Bearer ")
		if runtimev1.VerifyToken(keys, token, r.podUID, time.Now()) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, q)
	})
}

// stream sends the status, again whenever it changes, and heartbeats.
func (r *Runtime) stream(w http.ResponseWriter, q *http.Request) {
	heartbeat := time.NewTicker(runtimev1.HeartbeatSeconds * time.Second)
	defer heartbeat.Stop()
	flusher := http.NewResponseController(w)
	for {
		r.mu.Lock()
		line, err := json.Marshal(r.status)
		changed := r.changed
		r.mu.Unlock()
		for again := false; !again; {
			if _, failed := w.Write(append(line, '\n')); err != nil || failed != nil || flusher.Flush() != nil {
				return
			}
			line = nil // from now on heartbeats
			select {
			case <-q.Context().Done():
				return
			case <-changed:
				again = true
			case <-heartbeat.C:
			}
		}
	}
}
