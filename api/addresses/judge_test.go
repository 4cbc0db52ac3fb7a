package addresses

import (
	"net/netip"
	"testing"
)

// One address from each row of IANA's special-purpose registries.
func TestRegistries(t *testing.T) {
	for address, want := range map[string]Class{
		"0.0.0.0": Forbidden, "0.1.2.3": Forbidden, "10.1.2.3": Internal, "100.64.0.1": Internal, "100.127.255.255": Internal,
		"127.0.0.1": Loopback, "127.255.255.255": Loopback, "169.254.169.254": Forbidden, "172.16.0.1": Internal, "172.31.255.255": Internal,
		"192.0.0.1": Internal, "192.0.0.8": Internal, "192.0.0.9": Internal, "192.0.0.170": Internal, "192.0.0.171": Internal,
		"192.0.0.192": Forbidden, "192.0.2.1": Internal, "192.88.99.1": Internal, "192.88.99.2": Internal, "192.168.1.1": Internal,
		"198.18.0.1": Internal, "198.19.255.255": Internal, "198.51.100.1": Internal, "203.0.113.1": Internal,
		"240.0.0.1": Internal, "255.255.255.255": Forbidden,
		// Not in the registry.
		"224.0.0.1": Forbidden, "239.255.255.255": Forbidden, "168.63.129.16": Forbidden, "100.100.100.200": Forbidden,
		// Globally reachable according to the registry, and neighbours of blocks that are not.
		"192.31.196.1": Public, "192.52.193.1": Public, "192.175.48.1": Public,
		"1.1.1.1": Public, "8.8.8.8": Public, "9.255.255.255": Public, "11.0.0.0": Public, "100.63.255.255": Public, "100.128.0.0": Public,
		"126.255.255.255": Public, "128.0.0.0": Public, "169.253.255.255": Public, "169.255.0.0": Public, "172.15.255.255": Public,
		"172.32.0.0": Public, "192.0.1.0": Public, "192.167.255.255": Public, "192.169.0.0": Public, "198.17.255.255": Public,
		"198.20.0.0": Public, "223.255.255.255": Public, "168.63.129.15": Public,

		"::": Forbidden, "::1": Loopback, "64:ff9b:1::1": Forbidden, "64:ff9b:1::808:808": Internal, "100::1": Internal, "100:0:0:1::1": Internal,
		"2001::1": Forbidden, "2001:1::1": Internal, "2001:2::1": Internal, "2001:10::1": Internal, "2001:db8::1": Internal,
		"2002:808:808::1": Internal, "3fff::1": Internal, "5f00::1": Internal, "fc00::1": Internal, "fd12:3456::1": Internal,
		"fe80::1": Forbidden, "febf::1": Forbidden,
		// Not in the registry.
		"ff02::1": Forbidden, "fec0::1": Internal, "3ffe::1": Internal, "4000::1": Internal, "e000::1": Internal, "1::1": Internal,
		"fd00:ec2::254": Forbidden, "fd00:ec2::23": Forbidden, "fd20:ce::254": Forbidden, "fd00:c1::a9fe:a9fe": Forbidden, "fd00:42::42": Forbidden,
		"2620:4f:8000::1": Public, "2001:4860:4860::8888": Public, "2606:4700::1111": Public, "2a00:1450::1": Public,

		// IPv4 inside IPv6.
		"::ffff:8.8.8.8": Public, "::ffff:10.0.0.1": Internal, "::ffff:127.0.0.1": Loopback, "::ffff:169.254.169.254": Forbidden,
		"::127.0.0.1": Loopback, "::10.0.0.1": Internal, "::8.8.8.8": Internal, "::169.254.169.254": Forbidden,
		"::ffff:0:127.0.0.1": Loopback, "::ffff:0:8.8.8.8": Internal,
		"64:ff9b::8.8.8.8": Public, "64:ff9b::10.0.0.1": Internal, "64:ff9b::127.0.0.1": Loopback, "64:ff9b::169.254.169.254": Forbidden,
		"64:ff9b::168.63.129.16": Forbidden, "64:ff9b:1::169.254.169.254": Forbidden, "64:ff9b:1:a9fe:a9:fe00::": Forbidden,
		"64:ff9b:1:808:8:800::": Internal,
		"2002:a00:1::1":         Internal, "2002:7f00:1::1": Loopback, "2002:a9fe:a9fe::1": Forbidden,
		"2001:0:a9fe:a9fe::f7f7:f7f7": Forbidden, "2001:0:808:808::5601:5601": Forbidden, "2001:0:808:808::f7f7:f7f7": Internal,
		"2a00:1450::5efe:10.0.0.1": Internal, "2a00:1450::200:5efe:169.254.169.254": Forbidden, "2a00:1450::5efe:8.8.8.8": Public,
		// A zone changes nothing.
		"fe80::1%eth0": Forbidden, "::1%lo": Loopback, "2001:4860:4860::8888%eth0": Public,
	} {
		if got := Judge(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s has class %d, want %d", address, got, want)
		}
	}
	if got := Judge(netip.Addr{}); got != Forbidden {
		t.Errorf("the invalid address has class %d", got)
	}
}

// The first and last address of every block have its class or a stricter one,
// and none is public.
func TestBlocksAreNotPublic(t *testing.T) {
	for _, list := range [][]Block{Registry, Beside} {
		for _, b := range list {
			for _, address := range []netip.Addr{b.Prefix.Addr(), last(b.Prefix)} {
				if got := Judge(address); b.Class == Public || got < b.Class {
					t.Errorf("%s in %s (%s) has class %d", address, b.Prefix, b.Name, got)
				}
			}
			if b.Name == "" || b.Prefix != b.Prefix.Masked() {
				t.Errorf("%s %q is not a valid block", b.Prefix, b.Name)
			}
		}
	}
}

func last(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	address, _ := netip.AddrFromSlice(b)
	return address
}
