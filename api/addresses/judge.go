package addresses

import "net/netip"

// Judge returns the class of an address: the strictest of its Parts.
func Judge(address netip.Addr) Class {
	class := Public
	for _, part := range Parts(address) {
		class = max(class, Own(part))
	}
	return class
}

// Parts returns an address, without zone and as IPv4 if it is IPv4-mapped, and
// the IPv4 addresses embedded in it: a packet to it may arrive at any of them.
func Parts(address netip.Addr) []netip.Addr {
	address = address.WithZone("").Unmap()
	return append([]netip.Addr{address}, embedded(address)...)
}

// Own returns the class of an address in the table, ignoring embedded addresses.
// An invalid address is Forbidden.
func Own(address netip.Addr) Class {
	if !address.IsValid() {
		return Forbidden
	}
	class := Public
	if NAT64.Contains(address) {
		return class
	}
	for _, list := range [][]Block{Registry, Beside} {
		for _, b := range list {
			if b.Prefix.Contains(address) {
				class = max(class, b.Class)
			}
		}
	}
	return class
}
