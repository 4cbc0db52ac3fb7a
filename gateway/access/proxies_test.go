package access

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestWhoAClientIsBehindProxies(t *testing.T) {
	p, err := ParseProxies([]string{"10.0.0.0/8", "192.0.2.7", "fd00::/8"})
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		remote    string
		forwarded []string
		want      string
	}{
		"a stranger is not believed":  {"203.0.113.9:1", []string{"198.51.100.1"}, "203.0.113.9:1"},
		"a proxy is":                  {"10.1.2.3:1", []string{"198.51.100.1"}, "198.51.100.1:0"},
		"what the client made up":     {"10.1.2.3:1", []string{"1.1.1.1, 198.51.100.1"}, "198.51.100.1:0"},
		"a chain":                     {"10.1.2.3:1", []string{"1.1.1.1, 198.51.100.1, 192.0.2.7", "10.9.9.9"}, "198.51.100.1:0"},
		"all are proxies":             {"10.1.2.3:1", []string{"10.5.5.5, 192.0.2.7"}, "10.5.5.5:0"},
		"IPv6":                        {"[fd00::1]:1", []string{"2001:db8::5"}, "[2001:db8::5]:0"},
		"IPv4 in IPv6":                {"[::ffff:10.1.2.3]:1", []string{"::ffff:198.51.100.1"}, "198.51.100.1:0"},
		"no header":                   {"10.1.2.3:1", nil, "10.1.2.3:1"},
		"no address":                  {"10.1.2.3:1", []string{"unknown"}, "10.1.2.3:1"},
		"no address behind a proxy's": {"10.1.2.3:1", []string{"unknown, 192.0.2.7"}, "192.0.2.7:0"},
	} {
		var got string
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		r.Header["X-Forwarded-For"] = c.forwarded
		p.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr })).ServeHTTP(httptest.NewRecorder(), r)
		if got != c.want {
			t.Errorf("%s: %s, want %s", what, got, c.want)
		}
	}
	for _, text := range []string{"", "10.0.0.0/33", "proxy"} {
		if _, err := ParseProxies([]string{text}); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
