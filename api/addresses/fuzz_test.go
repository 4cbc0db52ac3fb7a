package addresses

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

// FuzzCheckAddress compares Judge with an independent implementation that works
// on the address's bits as text.
func FuzzCheckAddress(f *testing.F) {
	for _, seed := range []string{
		"0.0.0.0", "127.0.0.1", "10.0.0.1", "169.254.169.254", "100.100.100.200", "168.63.129.16", "198.18.0.1", "240.0.0.1", "8.8.8.8",
		"::1", "fe80::1", "fec0::1", "64:ff9b::10.0.0.1", "2002:a00:1::1", "::ffff:127.0.0.1", "2001:0:808:808::5601:5601", "2a00:1450::5efe:10.0.0.1",
		"64:ff9b:1:a9fe:a9:fe00::", "2001:4860:4860::8888",
	} {
		f.Add(netip.MustParseAddr(seed).AsSlice())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		address, ok := netip.AddrFromSlice(b)
		if !ok {
			return
		}
		if got, want := Judge(address) == Public, reference(b); got != want {
			t.Errorf("%s: public %t, the reference says %t", address, got, want)
		}
	})
}

// reference reports whether an address is public, using its bits as text.
func reference(b []byte) bool {
	bits := func(b []byte) string {
		var text strings.Builder
		for _, octet := range b {
			fmt.Fprintf(&text, "%08b", octet)
		}
		return text.String()
	}
	if len(b) == 4 {
		dotted := fmt.Sprintf("%d.%d.%d.%d", b[0], b[1], b[2], b[3])
		if dotted == "168.63.129.16" {
			return false
		}
		for _, special := range []string{
			"00000000", "00001010", "0110010001", "01111111", "1010100111111110", "101011000001",
			"110000000000000000000000", "110000000000000000000010", "110000000101100001100011", "1100000010101000",
			"110001100001001", "110001100011001101100100", "110010110000000001110001", "1110", "1111",
		} {
			if strings.HasPrefix(bits(b), special) {
				return false
			}
		}
		return true
	}
	digits := hex.EncodeToString(b)
	switch {
	case strings.HasPrefix(digits, "00000000000000000000ffff"), strings.HasPrefix(digits, "0064ff9b0000000000000000"):
		return reference(b[12:])
	case digits[0] != '2' && digits[0] != '3':
		return false
	case strings.HasPrefix(digits, "2001") && strings.HasPrefix(bits(b[2:]), "0000000"),
		strings.HasPrefix(digits, "20010db8"), strings.HasPrefix(digits, "2002"),
		strings.HasPrefix(digits, "3ffe"), strings.HasPrefix(digits, "3fff0"):
		return false
	case digits[16:24] == "00005efe", digits[16:24] == "02005efe":
		return reference(b[12:])
	}
	return true
}
