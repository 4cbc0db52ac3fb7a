package addresses

import "net/netip"

// Forms of IPv6 addresses that embed an IPv4 address, except IPv4-mapped ones,
// which netip handles.
var (
	nat64Local   = netip.MustParsePrefix("64:ff9b:1::/48")
	sixToFour    = netip.MustParsePrefix("2002::/16")
	teredo       = netip.MustParsePrefix("2001::/32")
	compatible   = netip.MustParsePrefix("::/96")
	translated   = netip.MustParsePrefix("::ffff:0:0:0/96")
	isatap       = [4]byte{0x00, 0x00, 0x5e, 0xfe}
	isatapGlobal = [4]byte{0x02, 0x00, 0x5e, 0xfe}
)

// embedded returns the IPv4 addresses inside an IPv6 address.
func embedded(address netip.Addr) []netip.Addr {
	if !address.Is6() {
		return nil
	}
	b := address.As16()
	last := netip.AddrFrom4([4]byte(b[12:]))
	switch {
	case address == netip.IPv6Unspecified() || address.IsLoopback():
		return nil // the table covers them
	case NAT64.Contains(address), compatible.Contains(address), translated.Contains(address):
		return []netip.Addr{last}
	case nat64Local.Contains(address):
		return translations(b)
	case sixToFour.Contains(address):
		return []netip.Addr{netip.AddrFrom4([4]byte(b[2:6]))}
	case teredo.Contains(address):
		client := [4]byte{^b[12], ^b[13], ^b[14], ^b[15]}
		return []netip.Addr{netip.AddrFrom4([4]byte(b[4:8])), netip.AddrFrom4(client)}
	}
	if id := [4]byte(b[8:12]); id == isatap || id == isatapGlobal {
		return []netip.Addr{last}
	}
	return nil
}

// translations returns the IPv4 addresses that a translator may read from an
// address in 64:ff9b:1::/48 (RFC 6052): its prefix is 48, 56, 64 or 96 bits
// long, and only the last of these uses the last 24 bits.
func translations(b [16]byte) []netip.Addr {
	if [3]byte(b[13:]) != [3]byte{} {
		return []netip.Addr{netip.AddrFrom4([4]byte(b[12:]))}
	}
	return []netip.Addr{
		netip.AddrFrom4([4]byte{b[6], b[7], b[9], b[10]}),
		netip.AddrFrom4([4]byte{b[7], b[9], b[10], b[11]}),
		netip.AddrFrom4([4]byte(b[9:13])),
	}
}
