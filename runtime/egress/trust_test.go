package egress

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"testing"
	"time"
)

// What the configuration names may be signed by its CA bundle; what callers name
// may not. A bundle takes effect at once, and ends with it.
func TestABundleIsTrustedForTheConfigurationAlone(t *testing.T) {
	s := quiet(t, func(http.ResponseWriter, *http.Request) {})
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	g := New(Options{Allow: allow(t, "127.0.0.0/8", "::1/128")})
	clients := map[string]*http.Client{
		"Client": g.Manifest().Client(time.Minute), "Direct": g.Manifest().Direct(), "Fetcher": g.Callers().Fetcher(time.Minute),
	}
	for _, step := range []struct {
		roots   *x509.CertPool
		trusted bool
	}{{nil, false}, {roots, true}, {roots, true}, {x509.NewCertPool(), false}, {nil, false}, {roots, true}} {
		g.Trust(step.roots)
		for name, c := range clients {
			resp, err := c.Get(s.URL)
			if err == nil {
				_ = resp.Body.Close()
			}
			var refused *tls.CertificateVerificationError
			if want := step.trusted && name != "Fetcher"; (err == nil) != want || err != nil && !errors.As(err, &refused) {
				t.Errorf("%s with %v: %v, want trusted: %t", name, step.roots != nil, err, want)
			}
		}
	}
}
