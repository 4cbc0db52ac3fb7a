// Package egress decides which addresses the runtime may reach on behalf of
// others, and makes the HTTP clients that keep to it. Who named the target
// decides: a caller of the API (files by URL, pages that a text links to) or
// the manifest (webhooks, S3, the proxy).
package egress

import (
	"net"
	"net/netip"
	"sync/atomic"

	"github.com/wasession/wasession/api/addresses"
)

// Options are what whoever runs the process has decided. They hold as long as it runs.
type Options struct {
	// Allow is open to all targets, whoever named them.
	Allow addresses.Allow
	// Loopback opens the machine's own addresses to what the manifest names.
	Loopback bool
	// PublicOnly holds what the manifest names to public addresses too.
	PublicOnly bool
	// EnvironmentProxy sends requests through the proxy that HTTP_PROXY and
	// HTTPS_PROXY name. That proxy then decides what a name may resolve to.
	EnvironmentProxy bool
	// APIServer is the Kubernetes API server, as an address or a host name;
	// empty for none.
	APIServer string
	// Resolver resolves names; nil means the system's.
	Resolver *net.Resolver
}

// Guard holds the policy of one process.
type Guard struct {
	options Options
	// server is APIServer where that is an address.
	server netip.Addr
	// allowed is what the configuration opens to callers, replaced as a whole.
	allowed atomic.Pointer[addresses.Allow]
}

// New makes a guard.
func New(o Options) *Guard {
	g := &Guard{options: o}
	if server, err := netip.ParseAddr(o.APIServer); err == nil {
		g.server = server.Unmap()
	}
	g.allowed.Store(&addresses.Allow{})
	return g
}

// Configure takes on what the configuration opens to callers, live.
func (g *Guard) Configure(allow addresses.Allow) { g.allowed.Store(&allow) }

// Callers is the policy for what callers of the API and messages name.
func (g *Guard) Callers() Policy { return Policy{guard: g} }

// Manifest is the policy for what the configuration names.
func (g *Guard) Manifest() Policy { return Policy{guard: g, manifest: true} }

// Policy says which addresses may be reached. The zero Policy allows public
// addresses alone.
type Policy struct {
	guard    *Guard
	manifest bool
}
