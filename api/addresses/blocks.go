package addresses

import "net/netip"

// Class says who may reach an address. Higher is stricter.
type Class int

// The classes.
const (
	// Public is the public internet: allowed for every caller.
	Public Class = iota
	// Internal is private or reserved: allowed only if named in a manifest.
	Internal
	// Loopback is the machine itself.
	Loopback
	// Forbidden is link-local, cloud metadata, multicast or invalid: a session
	// never needs it.
	Forbidden
)

// Block is a range of addresses that are not public.
type Block struct {
	Prefix netip.Prefix
	// Name is the registry's name for the block, or ours if it is in no registry.
	Name  string
	Class Class
}

// Registry holds what IANA's special-purpose registries (RFC 6890) list as not
// globally reachable or as deprecated, including blocks within other blocks. The
// few addresses within 192.0.0.0/24 and 2001::/23 that are globally reachable
// are anycast to network equipment, never web servers, so they stay blocked.
var Registry = []Block{
	// https://www.iana.org/assignments/iana-ipv4-special-registry
	block("0.0.0.0/8", `"This network"`, Forbidden),
	block("0.0.0.0/32", `"This host on this network"`, Forbidden),
	block("10.0.0.0/8", "Private-Use", Internal),
	block("100.64.0.0/10", "Shared Address Space", Internal),
	block("127.0.0.0/8", "Loopback", Loopback),
	block("169.254.0.0/16", "Link Local", Forbidden),
	block("172.16.0.0/12", "Private-Use", Internal),
	block("192.0.0.0/24", "IETF Protocol Assignments", Internal),
	block("192.0.0.0/29", "IPv4 Service Continuity Prefix", Internal),
	block("192.0.0.8/32", "IPv4 dummy address", Internal),
	block("192.0.0.170/32", "NAT64/DNS64 Discovery", Internal),
	block("192.0.0.171/32", "NAT64/DNS64 Discovery", Internal),
	block("192.0.2.0/24", "Documentation (TEST-NET-1)", Internal),
	block("192.88.99.0/24", "Deprecated (6to4 Relay Anycast)", Internal),
	block("192.88.99.2/32", "6a44-relay anycast address", Internal),
	block("192.168.0.0/16", "Private-Use", Internal),
	block("198.18.0.0/15", "Benchmarking", Internal),
	block("198.51.100.0/24", "Documentation (TEST-NET-2)", Internal),
	block("203.0.113.0/24", "Documentation (TEST-NET-3)", Internal),
	block("240.0.0.0/4", "Reserved", Internal),
	block("255.255.255.255/32", "Limited Broadcast", Forbidden),

	// https://www.iana.org/assignments/iana-ipv6-special-registry
	block("::1/128", "Loopback Address", Loopback),
	block("::/128", "Unspecified Address", Forbidden),
	block("64:ff9b:1::/48", "IPv4-IPv6 Translat. (local use)", Internal),
	block("100::/64", "Discard-Only Address Block", Internal),
	block("100:0:0:1::/64", "Dummy IPv6 Prefix", Internal),
	block("2001::/23", "IETF Protocol Assignments", Internal),
	block("2001::/32", "TEREDO", Internal),
	block("2001:2::/48", "Benchmarking", Internal),
	block("2001:10::/28", "Deprecated (previously ORCHID)", Internal),
	block("2001:db8::/32", "Documentation", Internal),
	block("2002::/16", "6to4", Internal),
	block("3fff::/20", "Documentation", Internal),
	block("5f00::/16", "Segment Routing (SRv6) SIDs", Internal),
	block("fc00::/7", "Unique-Local", Internal),
	block("fe80::/10", "Link-Local Unicast", Forbidden),
}

// Beside holds what is not public but in neither registry: multicast, unassigned
// space, and addresses on which cloud providers serve metadata, except those
// within 169.254.0.0/16 and fe80::/10, which Registry covers.
var Beside = []Block{
	block("224.0.0.0/4", "Multicast", Forbidden),
	block("168.63.129.16/32", "Azure wire server", Forbidden),
	block("100.100.100.200/32", "Alibaba Cloud metadata", Forbidden),
	block("192.0.0.192/32", "Oracle Cloud metadata", Forbidden),

	block("ff00::/8", "Multicast", Forbidden),
	block("fd00:ec2::254/128", "AWS metadata", Forbidden),
	block("fd00:ec2::23/128", "AWS EKS Pod Identity", Forbidden),
	block("fd20:ce::254/128", "Google Cloud metadata", Forbidden),
	block("fd00:c1::a9fe:a9fe/128", "Oracle Cloud metadata", Forbidden),
	block("fd00:42::42/128", "Scaleway metadata", Forbidden),
	block("fec0::/10", "Deprecated (Site-Local)", Internal),
	block("3ffe::/16", "Deprecated (6bone)", Internal),
	block("::/3", "Not global unicast", Internal),
	block("4000::/2", "Not global unicast", Internal),
	block("8000::/1", "Not global unicast", Internal),
}

// Unicast is the IPv6 range that contains all public addresses except NAT64.
var Unicast = netip.MustParsePrefix("2000::/3")

// NAT64 is the well-known prefix of NAT64 (RFC 6052), the only part of ::/3 that
// can be public: an address in it is if its IPv4 address is.
var NAT64 = netip.MustParsePrefix("64:ff9b::/96")

func block(prefix, name string, class Class) Block {
	return Block{netip.MustParsePrefix(prefix), name, class}
}
