// Package egress decides which addresses the runtime may connect to, and makes
// the HTTP clients that enforce it. The policy depends on where a target comes
// from: an API client (files by URL, link previews) or the manifest (webhooks,
// S3, the proxy).
package egress

import (
	"crypto/x509"
	"net"
	"net/netip"
	"sync/atomic"

	"github.com/wasession/wasession/api/addresses"
)

// Options are set at startup and hold for the life of the process.
type Options struct {
	// Allow is allowed for all targets, wherever they come from.
	Allow addresses.Allow
	// Loopback allows loopback addresses to targets from the manifest.
	Loopback bool
	// PublicOnly limits targets from the manifest to public addresses too.
	PublicOnly bool
	// EnvironmentProxy sends requests through the proxy that HTTP_PROXY and
	// HTTPS_PROXY name. That proxy then decides which addresses are allowed.
	EnvironmentProxy bool
	// APIServer is the Kubernetes API server, as an address or a host name;
	// empty for none.
	APIServer string
	// Resolver resolves names; nil means the system's resolver.
	Resolver *net.Resolver
}

// Guard holds the policy of the process.
type Guard struct {
	options Options
	// server is APIServer if that is an address.
	server netip.Addr
	// allowed is what the configuration allows API clients, replaced as a whole.
	allowed atomic.Pointer[addresses.Allow]
	// roots are the certificates that targets from the configuration may be signed
	// by; nil means the system's.
	roots atomic.Pointer[x509.CertPool]
}

// New returns a Guard.
func New(o Options) *Guard {
	g := &Guard{options: o}
	if server, err := netip.ParseAddr(o.APIServer); err == nil {
		g.server = server.Unmap()
	}
	g.allowed.Store(&addresses.Allow{})
	return g
}

// Configure replaces what API clients are allowed; it takes effect immediately.
func (g *Guard) Configure(allow addresses.Allow) { g.allowed.Store(&allow) }

// Callers is the policy for targets from API clients and messages.
func (g *Guard) Callers() Policy { return Policy{guard: g} }

// Manifest is the policy for targets from the configuration.
func (g *Guard) Manifest() Policy { return Policy{guard: g, manifest: true} }

// Policy says which addresses may be reached. The zero Policy allows only
// public addresses.
type Policy struct {
	guard    *Guard
	manifest bool
}
