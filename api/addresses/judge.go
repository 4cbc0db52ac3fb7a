package addresses

import "net/netip"

// Judge is the class of an address: the strictest of its Parts.
func Judge(address netip.Addr) Class {
	class := Public
	for _, part := range Parts(address) {
		class = max(class, Own(part))
	}
	return class
}

// Parts are an address, without zone and as IPv4 where it is a mapped one, and
// the IPv4 addresses inside it: a packet to the first can arrive at any of them.
func Parts(address netip.Addr) []netip.Addr {
	address = address.WithZone("").Unmap()
	return append([]netip.Addr{address}, embedded(address)...)
}

// Own is the class of an address by the table alone. What is no address at all
// is Forbidden.
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
