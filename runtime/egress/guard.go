// Package egress decides which addresses the runtime may connect to on behalf of
// others, and provides HTTP clients that enforce it. The rules depend on who named
// the target: an API caller (files by URL, linked pages) or the manifest (webhooks,
// S3, the proxy).
package egress

import (
	"net"
	"net/netip"
	"sync/atomic"

	"github.com/wasession/wasession/api/addresses"
)

// Options are set by whoever runs the process, for its whole lifetime.
type Options struct {
	// Allow lists addresses that are allowed for all targets.
	Allow addresses.Allow
	// Loopback allows loopback addresses for targets named by the manifest.
	Loopback bool
	// PublicOnly limits targets named by the manifest to public addresses, too.
	PublicOnly bool
	// EnvironmentProxy uses the proxy set by HTTP_PROXY and HTTPS_PROXY. That proxy
	// then decides what a name may resolve to.
	EnvironmentProxy bool
	// APIServer is the Kubernetes API server, as an address or a host name;
	// empty for none.
	APIServer string
	// Resolver resolves names; nil means the system's resolver.
	Resolver *net.Resolver
}

// Guard enforces the egress policy of the process.
type Guard struct {
	options Options
	// server is APIServer if that is an address.
	server netip.Addr
	// allowed is what the configuration allows callers, replaced as a whole.
	allowed atomic.Pointer[addresses.Allow]
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

// Configure sets what the configuration allows callers.
func (g *Guard) Configure(allow addresses.Allow) { g.allowed.Store(&allow) }

// Callers is the policy for targets named by API callers and messages.
func (g *Guard) Callers() Policy { return Policy{guard: g} }

// Manifest is the policy for targets named by the configuration.
func (g *Guard) Manifest() Policy { return Policy{guard: g, manifest: true} }

// Policy decides which addresses are allowed. The zero Policy only allows public
// addresses.
type Policy struct {
	guard    *Guard
	manifest bool
}
