package addresses

import (
	"net/netip"
	"strings"
	"testing"
)

func TestParseAllow(t *testing.T) {
	for _, good := range []string{
		"10.0.0.0/8", "10.1.2.3/8", "fd00::/8", "192.168.1.1", "::1", "example.com", "*.example.com", "EXAMPLE.com.", "n8n.crm.svc",
		"localhost", "a_b.example", "xn--bcher-kva.example", "1and1.com",
		strings.Repeat("a", 63) + "." + strings.Repeat("b", 63), strings.Repeat("a.", 126) + "b",
	} {
		if _, err := ParseAllow([]string{good}); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "*", "*.", "http://example.com", "example.com:80", "example.com/24", "a b", "10.0.0.0/33", "010.0.0.1", "2130706433", "0x7f.1", "1.2.3",
		"fe80::1%eth0", "::ffff:10.0.0.0/104", "a.*.b", "user@example.com", "-a.example", strings.Repeat("a.", 127) + "b",
		strings.Repeat("a", 64), strings.Repeat("a", 64) + ".example", "a-.example",
	} {
		if allow, err := ParseAllow([]string{"example.org", bad}); err == nil || !strings.Contains(err.Error(), "must be a CIDR") {
			t.Errorf("%q is parsed as %+v, %v", bad, allow, err)
		}
	}
}

func TestAllow(t *testing.T) {
	allow, err := ParseAllow([]string{"10.1.2.3/8", "fd00:1::/32", "192.0.2.7", "files.example.com", "*.Example.org"})
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{
		"10.255.0.1": true, "::ffff:10.0.0.1": true, "fd00:1::1%eth0": true, "192.0.2.7": true, "11.0.0.1": false, "192.0.2.8": false, "fd00:2::1": false,
		"64:ff9b::10.0.0.1": false,
	} {
		if got := allow.Address(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %t, want %t", address, got, want)
		}
	}
	for host, want := range map[string]bool{
		"files.example.com": true, "FILES.example.com.": true, "a.files.example.com": false, "example.com": false,
		"a.example.org": true, "a.b.EXAMPLE.org": true, "example.org": false, ".example.org": false, "badexample.org": false, "": false,
	} {
		if got := allow.Host(host); got != want {
			t.Errorf("%q: %t, want %t", host, got, want)
		}
	}
}
