package simulator

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"go.mau.fi/libsignal/logger"

	"github.com/wasession/wasession/test/simulator/noise"
)

// ErrClosed is returned by calls that were running when the Server was closed.
var ErrClosed = errors.New("simulator is closed")

// Server is a simulated WhatsApp. Its methods may be called concurrently.
type Server struct {
	opts   Options
	keys   noise.Keys
	log    *slog.Logger
	faults *Faults
	mux    *http.ServeMux
	http   *http.Server
	url    string

	ctx    context.Context
	cancel context.CancelFunc
	all    running // connections, workers, the snapshot loop

	// mu guards the directory below. It is taken before the lock of an
	// account or a group, and never while one of those is held.
	mu              sync.RWMutex
	users           map[string]*User
	usersByLID      map[string]*User
	groups          map[string]*Group
	newsletters     map[string]*Newsletter
	refs            map[string]*conn
	conns           map[*conn]struct{}
	iqHandlers      map[iqKey]IQHandler
	mexHandlers     map[string]mexHandler
	receiptHandlers map[string]ReceiptHandler
	peerHandlers    []PeerHandler
	linkedHooks     []func(context.Context, *User, *Companion)
	persisters      map[string]Persister
	restored        map[string]json.RawMessage
	features        *features

	callsMu sync.Mutex
	calls   []*call // that ring, oldest first

	unhandledMu sync.Mutex
	unhandled   []string
}

var quietSignal = sync.OnceFunc(func() {
	// libsignal logs every message it cannot decrypt to standard output.
	var quiet logger.Loggable = silentLogger{}
	logger.Setup(&quiet)
})

// New starts a Server, which is listening when New returns.
func New(opts Options) (*Server, error) {
	quietSignal()
	opts = opts.withDefaults()
	s := &Server{
		opts:            opts,
		keys:            noise.DeriveKeys(opts.Seed),
		log:             opts.Logger,
		mux:             http.NewServeMux(),
		users:           make(map[string]*User),
		usersByLID:      make(map[string]*User),
		groups:          make(map[string]*Group),
		newsletters:     make(map[string]*Newsletter),
		refs:            make(map[string]*conn),
		conns:           make(map[*conn]struct{}),
		iqHandlers:      make(map[iqKey]IQHandler),
		mexHandlers:     make(map[string]mexHandler),
		receiptHandlers: make(map[string]ReceiptHandler),
		persisters:      make(map[string]Persister),
		restored:        make(map[string]json.RawMessage),
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.faults = newFaults()
	s.registerCore()
	if err := s.load(); err != nil {
		s.cancel()
		return nil, err
	}
	if err := s.registerFeatures(); err != nil {
		s.cancel()
		return nil, err
	}
	for _, ext := range opts.Extensions {
		if err := ext(s); err != nil {
			s.cancel()
			return nil, err
		}
	}
	if err := s.serve(); err != nil {
		s.cancel()
		return nil, err
	}
	return s, nil
}

func (s *Server) serve() error {
	ln, err := (&net.ListenConfig{}).Listen(s.ctx, "tcp", s.opts.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	s.url = "http://" + ln.Addr().String()
	s.mux.HandleFunc("GET /ws/chat", s.serveChat)
	s.http = &http.Server{Handler: s.mux, ReadHeaderTimeout: 10 * time.Second}
	s.all.start(func() {
		if err := s.http.Serve(ln); err != nil && !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("Serving failed", "error", err)
		}
	})
	if s.opts.StateFile != "" {
		s.all.start(s.snapshotLoop)
	}
	return nil
}

// Close drops all connections, waits until everything has ended and writes the
// state file. Calls during or after it have no effect or return ErrClosed.
func (s *Server) Close() error {
	s.all.end()
	s.cancel()
	err := s.http.Close()
	s.mu.RLock()
	conns := slices.Collect(maps.Keys(s.conns))
	s.mu.RUnlock()
	for _, c := range conns {
		c.close()
	}
	s.all.wg.Wait()
	if s.opts.StateFile != "" {
		err = errors.Join(err, s.Save())
	}
	return err
}

// URL returns the address of the Server: http://host:port, without a path.
func (s *Server) URL() string { return s.url }

// RootKey returns the public key that signs the Noise certificates, for
// whatsmeow.WACertPubKey.
func (s *Server) RootKey() [32]byte { return *s.keys.Root.Pub }

// RootKeyHex returns RootKey in hexadecimal.
func (s *Server) RootKeyHex() string { return hex.EncodeToString(s.keys.Root.Pub[:]) }

// Mux returns the Server's HTTP mux: extensions add media and control routes to
// the port that serves the websocket. Requests keep the Host that the client
// asked for.
func (s *Server) Mux() *http.ServeMux { return s.mux }

// Logger returns the logger for extensions.
func (s *Server) Logger() *slog.Logger { return s.log }

// Faults returns the faults that can be switched on.
func (s *Server) Faults() *Faults { return s.faults }

// Unhandled lists the stanzas that the Server did not know: it answered such
// queries with an empty result. There should be none at the end of a test.
func (s *Server) Unhandled() []string {
	s.unhandledMu.Lock()
	defer s.unhandledMu.Unlock()
	return slices.Clone(s.unhandled)
}

func (s *Server) noteUnhandled(what string) {
	s.log.Warn("Unhandled stanza", "stanza", what)
	s.unhandledMu.Lock()
	defer s.unhandledMu.Unlock()
	s.unhandled = append(s.unhandled, what)
}

// Connections returns the number of open websocket connections.
func (s *Server) Connections() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.conns)
}

type silentLogger struct{}

func (silentLogger) Debug(string, string)   {}
func (silentLogger) Info(string, string)    {}
func (silentLogger) Warning(string, string) {}
func (silentLogger) Error(string, string)   {}
func (silentLogger) Configure(string)       {}
