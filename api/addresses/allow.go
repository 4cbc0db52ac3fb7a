package addresses

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// Allow lists what may be reached besides public addresses.
type Allow struct {
	Prefixes []netip.Prefix
	// Hosts are lower-case names. A leading "*." stands for one or more labels.
	Hosts []string
}

// Limits of a host's name. A regular expression that counts is compiled into as many
// copies, at the start of every process.
const (
	maxHost  = 253
	maxLabel = 63
)

var hostName = regexp.MustCompile(`^(\*\.)?([a-z0-9]([-_a-z0-9]*[a-z0-9])?\.)*[a-z]([-_a-z0-9]*[a-z0-9])?$`)

func isHost(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		if len(label) > maxLabel {
			return false
		}
	}
	return len(name) <= maxHost && hostName.MatchString(name)
}

// ParseAllow parses CIDRs, addresses and host names. The error names the first
// invalid entry.
func ParseAllow(entries []string) (Allow, error) {
	var allow Allow
	for _, entry := range entries {
		if prefix, ok := parsePrefix(entry); ok {
			allow.Prefixes = append(allow.Prefixes, prefix)
			continue
		}
		host := Host(entry)
		if !isHost(host) {
			return Allow{}, fmt.Errorf("%q must be a CIDR such as 10.1.0.0/16, or a host name such as files.example.com or *.example.com", entry)
		}
		allow.Hosts = append(allow.Hosts, host)
	}
	return allow, nil
}

func parsePrefix(s string) (netip.Prefix, bool) {
	if prefix, err := netip.ParsePrefix(s); err == nil && !prefix.Addr().Is4In6() {
		return prefix.Masked(), true
	}
	if address, err := netip.ParseAddr(s); err == nil && address.Zone() == "" {
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()), true
	}
	return netip.Prefix{}, false
}

// Address reports whether an address itself is allowed. It ignores embedded
// addresses.
func (a Allow) Address(address netip.Addr) bool {
	address = address.WithZone("").Unmap()
	for _, prefix := range a.Prefixes {
		if prefix.Contains(address) {
			return true
		}
	}
	return false
}

// Host reports whether a host is allowed by its name.
func (a Allow) Host(name string) bool {
	name = Host(name)
	for _, host := range a.Hosts {
		if suffix, wild := strings.CutPrefix(host, "*"); wild && len(name) > len(suffix) && strings.HasSuffix(name, suffix) || name == host {
			return true
		}
	}
	return false
}

// Host normalizes a host name for comparison: lower case, without a trailing dot.
func Host(name string) string { return strings.TrimSuffix(strings.ToLower(name), ".") }

// Literal returns the address in a URL whose host is an address, not a name.
func Literal(u *url.URL) (netip.Addr, bool) {
	address, err := netip.ParseAddr(strings.TrimSuffix(u.Hostname(), "."))
	return address.Unmap(), err == nil
}
