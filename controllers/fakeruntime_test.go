package controllers_test

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

// fakeRuntime implements the contract on the fixed port, like a pod. Each has its
// own loopback address.
type fakeRuntime struct {
	IP     string
	server *httptest.Server
	podUID string

	mu       sync.Mutex
	status   runtimev1.Status
	changed  chan struct{} // closed and replaced on every change
	runs     []string
	logouts  int
	streams  int
	refusing bool
	held     chan struct{} // closed to let held requests go; nil while none is held
	holding  atomic.Int32  // requests that are held
}

// tokenKey signs the tokens of every operator of the suite.
var tokenKey = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

var lastAddress atomic.Uint32

// startRuntime serves the status until the spec ends.
func startRuntime(podUID string, status runtimev1.Status) *fakeRuntime {
	GinkgoHelper()
	n := lastAddress.Add(1)
	r := &fakeRuntime{
		IP: fmt.Sprintf("127.77.%d.%d", n/250, 1+n%250), podUID: podUID, status: status, changed: make(chan struct{}),
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(r.IP, fmt.Sprint(runtimev1.Port)))
	Expect(err).NotTo(HaveOccurred())

	mux := http.NewServeMux()
	mux.HandleFunc("GET "+runtimev1.StatusPath, r.serveStatus)
	mux.HandleFunc("POST "+runtimev1.ArchiveRunPath, func(w http.ResponseWriter, q *http.Request) {
		if !r.pass(q) {
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.runs = append(r.runs, q.URL.Query().Get("id"))
		w.WriteHeader(http.StatusAccepted)
	})
	mux.HandleFunc("POST "+runtimev1.LogoutPath, func(w http.ResponseWriter, q *http.Request) {
		if !r.pass(q) {
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.logouts++
		w.WriteHeader(http.StatusNoContent)
	})
	r.server = &httptest.Server{Listener: listener, Config: &http.Server{Handler: r.authorized(mux)}}
	r.server.Start()
	DeferCleanup(r.Close)
	return r
}

func (r *fakeRuntime) authorized(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.mu.Lock()
		refusing := r.refusing
		r.mu.Unlock()
		token := strings.TrimPrefix(q.Header.Get("Authorization"), "Bearer ")
		public := ed25519.PublicKey(tokenKey[ed25519.SeedSize:])
		if refusing || runtimev1.VerifyToken([]ed25519.PublicKey{public}, token, r.podUID, time.Now()) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, q)
	})
}

func (r *fakeRuntime) serveStatus(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	r.streams++
	r.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-ndjson")
	heartbeat := time.NewTicker(time.Second)
	defer heartbeat.Stop()
	for {
		r.mu.Lock()
		status, changed := r.status, r.changed
		r.mu.Unlock()
		if json.NewEncoder(w).Encode(status) != nil {
			return
		}
		w.(http.Flusher).Flush()
	waiting:
		for {
			select {
			case <-q.Context().Done():
				return
			case <-changed:
				break waiting
			case <-heartbeat.C:
				_, _ = w.Write([]byte("\n"))
				w.(http.Flusher).Flush()
			}
		}
	}
}

// Change changes the runtime's status and reports it.
func (r *fakeRuntime) Change(change func(*runtimev1.Status)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.status)
	close(r.changed)
	r.changed = make(chan struct{})
}

// Report changes phase and reason.
func (r *fakeRuntime) Report(phase runtimev1.Phase, reason runtimev1.Reason) {
	r.Change(func(s *runtimev1.Status) { s.Phase, s.Reason = phase, reason })
}

// Work reports a session that is paired and connected.
func (r *fakeRuntime) Work() {
	r.Change(func(s *runtimev1.Status) {
		s.Phase, s.Reason, s.Paired = runtimev1.PhaseWorking, runtimev1.ReasonConnected, true
		s.Me = &runtimev1.Me{ID: "15551234567@c.us", LID: "77@lid", PushName: "Sales"}
	})
}

// TakeUp reports that the runtime has applied a configuration file.
func (r *fakeRuntime) TakeUp(file string) {
	r.Change(func(s *runtimev1.Status) { s.ConfigHash = runtimev1.ConfigHash([]byte(file)) })
}

// Refuse makes the runtime reject every token and end its streams.
func (r *fakeRuntime) Refuse() {
	r.mu.Lock()
	r.refusing = true
	r.mu.Unlock()
	r.server.CloseClientConnections()
}

// Runs returns the ids of the requested archive runs.
func (r *fakeRuntime) Runs() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.runs...)
}

// Logouts returns the number of logout requests.
func (r *fakeRuntime) Logouts() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.logouts
}

// Streams returns the number of status streams that were opened.
func (r *fakeRuntime) Streams() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.streams
}

// Hold keeps commands waiting until release is called.
func (r *fakeRuntime) Hold() (release func()) {
	held := make(chan struct{})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held = held
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.held = nil
		close(held)
	}
}

// Holding returns the number of commands that are kept waiting.
func (r *fakeRuntime) Holding() int { return int(r.holding.Load()) }

// pass waits while commands are held. It returns false if the caller has gone.
func (r *fakeRuntime) pass(q *http.Request) bool {
	r.mu.Lock()
	held := r.held
	r.mu.Unlock()
	if held == nil {
		return true
	}
	r.holding.Add(1)
	defer r.holding.Add(-1)
	select {
	case <-held:
		return true
	case <-q.Context().Done():
		return false
	}
}

// Close stops the process.
func (r *fakeRuntime) Close() {
	r.server.CloseClientConnections()
	r.server.Close()
}
