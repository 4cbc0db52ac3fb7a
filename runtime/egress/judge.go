package egress

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"

	"github.com/wasession/wasession/api/addresses"
)

// ErrRefusedAddress says that a target is not allowed.
var ErrRefusedAddress = errors.New("the address is not public")

// refusal is an ErrRefusedAddress with a text that says what to do about it.
type refusal struct{ text string }

func (r refusal) Error() string        { return r.text }
func (r refusal) Is(target error) bool { return target == ErrRefusedAddress }

// Reason says why a target was refused and who can allow it. It is empty for
// other errors.
func Reason(err error) string {
	var r refusal
	if !errors.As(err, &r) {
		return ""
	}
	return r.text
}

// The refusals, by where the target comes from.
var (
	errCallers  = refusal{"the address is not public; an administrator can allow it with spec.egress.allow"}
	errManifest = refusal{"the address is loopback, link-local, cloud metadata or the Kubernetes API server; a cluster administrator can allow it with --egress-allow"}
	errPublic   = refusal{"the address is not public; an administrator can allow it with --egress-allow"}
)

// refused returns the error for a target that the policy does not allow.
func (p Policy) refused() error {
	switch {
	case !p.manifest:
		return errCallers
	case p.guard.options.PublicOnly:
		return errPublic
	}
	return errManifest
}

// CheckURL checks a URL without resolving its host: it refuses literal
// addresses that are not allowed, and the API server's name.
func (p Policy) CheckURL(u *url.URL) error {
	if address, ok := addresses.Literal(u); ok {
		return p.check(address, u.Hostname())
	}
	return p.checkName(u.Hostname())
}

// checkName refuses the API server's names, which may resolve to other addresses
// than the one the process was given.
func (p Policy) checkName(host string) error {
	if p.guard == nil || p.guard.options.Allow.Host(host) {
		return nil
	}
	host = addresses.Host(host)
	server := addresses.Host(p.guard.options.APIServer)
	if host == server || host == "kubernetes.default" || strings.HasPrefix(host+".", "kubernetes.default.svc.") {
		return p.refused()
	}
	return nil
}

// check decides about one of a host's addresses. Every address embedded in it must be
// allowed, too.
func (p Policy) check(address netip.Addr, host string) error {
	for _, part := range addresses.Parts(address) {
		if !p.allows(part, host) {
			return p.refused()
		}
	}
	return nil
}

func (p Policy) allows(address netip.Addr, host string) bool {
	class := addresses.Own(address)
	if p.guard == nil {
		return class == addresses.Public
	}
	o := &p.guard.options
	if o.Allow.Address(address) || !p.manifest && p.guard.allowed.Load().Address(address) {
		return true
	}
	if p.guard.server.IsValid() && address == p.guard.server {
		return false
	}
	return class <= p.limit(host)
}

// limit is the class of addresses allowed under a host name.
func (p Policy) limit(host string) addresses.Class {
	o := &p.guard.options
	switch named := o.Allow.Host(host); {
	case p.manifest && o.PublicOnly && !named:
		return addresses.Public
	case p.manifest && o.Loopback:
		return addresses.Loopback
	case p.manifest, named, p.guard.allowed.Load().Host(host):
		return addresses.Internal
	}
	return addresses.Public
}
