package egress

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"sync"
)

// Trust replaces the certificates that targets from the configuration may be
// signed by; nil means the system's. It takes effect with the next connection.
func (g *Guard) Trust(roots *x509.CertPool) { g.roots.Store(roots) }

// Roots returns the certificates of the last Trust.
func (g *Guard) Roots() *x509.CertPool { return g.roots.Load() }

// trusting keeps a transport that trusts the current certificates. Those of a
// transport in use cannot be replaced.
type trusting struct {
	guard *Guard
	base  *http.Transport

	mu    sync.Mutex
	roots *x509.CertPool
	with  *http.Transport
}

// transport returns the transport to use for the next request.
func (t *trusting) transport() *http.Transport {
	roots := t.guard.Roots()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.with == nil || t.roots != roots {
		if t.with != nil {
			t.with.CloseIdleConnections()
		}
		t.roots, t.with = roots, t.base
		if roots != nil {
			t.with = t.base.Clone()
			t.with.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}
		}
	}
	return t.with
}
