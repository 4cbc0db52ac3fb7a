package egress

import (
	"testing"

	"github.com/wasession/wasession/api/addresses"
)

// FuzzURL holds what a caller may write: a URL that passes names a server by
// HTTP, and an address in it is public.
func FuzzURL(f *testing.F) {
	for _, seed := range []string{
		"http://example.com/a?b=c", "https://[::1]:443/", "http://127.0.0.1.", "http://[fe80::1%25eth0]/", "http://user:pass@10.0.0.1/",
		"http://2130706433/", "http://0x7f.1/", "http://[::ffff:7f00:1]/", "HTTP://LOCALHOST./", "http://１２７.０.０.１/", "file:///etc/passwd", "http://a\\@b/", "http:///x",
		"http://kubernetes.default.svc./", "http://[64:ff9b::a9fe:a9fe]:80/",
	} {
		f.Add(seed)
	}
	callers := New(Options{APIServer: "10.96.0.1"}).Callers()
	f.Fuzz(func(t *testing.T, text string) {
		u, err := ParseURL(text)
		if err != nil {
			return
		}
		if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
			t.Fatalf("%q is taken as %v", text, u)
		}
		if address, literal := addresses.Literal(u); literal && callers.CheckURL(u) == nil && addresses.Judge(address) != addresses.Public {
			t.Fatalf("%q passes and is at %v", text, address)
		}
	})
}
