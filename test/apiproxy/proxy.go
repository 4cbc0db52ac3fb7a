// Package apiproxy stands between an operator and the API server and makes
// trouble on request: it is away, slow or failing, loses answers, and drops
// watches. It counts the requests that it gets.
package apiproxy

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"

	"k8s.io/client-go/rest"
)

// Proxy forwards requests to the API server with the rights of the
// configuration that it was started with. It listens on loopback only.
type Proxy struct {
	forward *httputil.ReverseProxy
	server  *http.Server
	url     string

	mu      sync.Mutex
	trouble *Trouble
	counts  Counts
	watches map[*http.Request]context.CancelFunc
}

// Counts are numbers of requests. Those for leases are left out, as a leader
// renews its lease all the time.
type Counts struct {
	Reads, Writes, Watches int
	Troubled               int // those that met trouble, of all kinds
}

// Start starts a proxy in front of the API server of config.
func Start(config *rest.Config) (*Proxy, error) {
	transport, err := rest.TransportFor(config)
	if err != nil {
		return nil, fmt.Errorf("API proxy: %w", err)
	}
	target, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return nil, fmt.Errorf("API proxy: %w", err)
	}
	return start(target, transport)
}

func start(target *url.URL, transport http.RoundTripper) (*Proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("API proxy: %w", err)
	}
	silent := log.New(io.Discard, "", 0)
	p := &Proxy{
		url:     "http://" + listener.Addr().String(),
		watches: map[*http.Request]context.CancelFunc{},
		forward: &httputil.ReverseProxy{
			Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(target) },
			Transport:     transport,
			FlushInterval: -1, // watches
			ErrorLog:      silent,
			ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
		},
	}
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second, ErrorLog: silent}
	go func() { _ = p.server.Serve(listener) }() // ends on Close
	return p, nil
}

// Close breaks all connections.
func (p *Proxy) Close() { _ = p.server.Close() }

// Config returns a configuration for clients of the proxy. It needs no
// credentials.
func (p *Proxy) Config() *rest.Config { return &rest.Config{Host: p.url} }

// Meet makes requests meet trouble from now on; nil ends it.
func (p *Proxy) Meet(trouble *Trouble) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trouble = trouble
}

// Counts returns the numbers so far.
func (p *Proxy) Counts() Counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts
}

// DropWatches breaks the watches that are open, and returns their number.
func (p *Proxy) DropWatches() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, drop := range p.watches {
		drop()
	}
	return len(p.watches)
}

// ServeHTTP forwards one request, unless trouble is in the way.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	trouble := p.count(r)
	if trouble != nil && trouble.before(w, r) {
		return
	}
	if isWatch(r) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		r = r.WithContext(ctx)
		p.mu.Lock()
		p.watches[r] = cancel
		p.mu.Unlock()
		defer func() {
			p.mu.Lock()
			delete(p.watches, r)
			p.mu.Unlock()
		}()
	}
	if trouble != nil && trouble.Lost {
		w = nowhere{http.Header{}}
	}
	p.forward.ServeHTTP(w, r)
	if trouble != nil && trouble.Lost {
		panic(http.ErrAbortHandler)
	}
}

// count counts a request, and returns the trouble that it meets.
func (p *Proxy) count(r *http.Request) *Trouble {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case strings.Contains(r.URL.Path, "/leases"):
	case isWatch(r):
		p.counts.Watches++
	case r.Method == http.MethodGet:
		p.counts.Reads++
	default:
		p.counts.Writes++
	}
	if !p.trouble.hits(r) {
		return nil
	}
	p.counts.Troubled++
	return p.trouble
}

func isWatch(r *http.Request) bool {
	watch := r.URL.Query().Get("watch")
	return r.Method == http.MethodGet && (watch == "true" || watch == "1")
}
