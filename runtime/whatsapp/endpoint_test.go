package whatsapp

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

func TestEndpointFromEnv(t *testing.T) {
	key := strings.Repeat("ab", 32)
	for _, c := range []struct {
		name, address, key, want string
		refused                  bool
	}{
		{"neither is WhatsApp", "", "", "whatsapp", false},
		{"both", "http://sim:8080", key, "http://sim:8080 " + key, false},
		{"a trailing slash is nothing", "http://sim:8080/", key, "http://sim:8080 " + key, false},
		{"address alone", "http://sim:8080", "", "", true},
		{"key alone", "", key, "", true},
		{"no scheme", "sim:8080", key, "", true},
		{"another scheme", "ws://sim:8080", key, "", true},
		{"a path", "http://sim:8080/ws", key, "", true},
		{"credentials", "http://me:pw@sim:8080", key, "", true},
		{"short key", "http://sim:8080", "abcd", "", true},
		{"no hex", "http://sim:8080", strings.Repeat("zz", 32), "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := EndpointFromEnv(func(name string) string {
				return map[string]string{v1.EnvEndpoint: c.address, v1.EnvRootKey: c.key}[name]
			})
			if (err != nil) != c.refused || (err == nil && e.String() != c.want) {
				t.Errorf("got %v, %v; want %q, refused %t", e, err, c.want, c.refused)
			}
		})
	}
}

func TestRedirectKeepsTheHostAndRefusesOthers(t *testing.T) {
	var host, path string
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { host, path = r.Host, r.URL.String() }))
	defer srv.Close()
	to, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	var out outbound
	out.set(&Endpoint{URL: to}, nil)
	client := &http.Client{Transport: &out}
	for _, c := range []struct {
		url, host string
		refused   bool
	}{
		{"https://web.whatsapp.com/ws/chat", "web.whatsapp.com", false},
		{"https://mmg.whatsapp.net/d/f?hash=x", "mmg.whatsapp.net", false},
		{"https://example.com/", "", true},
		{"https://whatsapp.com.example.org/", "", true},
		{"https://evilwhatsapp.com/", "", true},
		{"http://mmg.whatsapp.net/d/f", "", true},
		{srv.URL, "", true},
	} {
		host, path = "", ""
		resp, err := client.Get(c.url)
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
		if c.refused {
			if !errors.Is(err, errOtherHost) {
				t.Errorf("%s: %v, want a refusal", c.url, err)
			}
			continue
		}
		if err != nil || host != c.host || !strings.HasSuffix(c.url, path) {
			t.Errorf("%s arrived as host %q, path %q, %v", c.url, host, path, err)
		}
	}
}

func TestMarker(t *testing.T) {
	sim := &Endpoint{URL: &url.URL{Scheme: "http", Host: "sim:1"}}
	other := &Endpoint{URL: &url.URL{Scheme: "http", Host: "sim:2"}}
	dir := t.TempDir()
	for _, c := range []struct {
		name     string
		endpoint *Endpoint
		paired   bool
		refused  bool
	}{
		{"an unpaired directory is anybody's", sim, false, false},
		{"and still anybody's", other, false, false},
		{"paired with the last one", other, true, false},
		{"not with the one before", sim, true, true},
		{"nor with WhatsApp", nil, true, true},
	} {
		err := checkMarker(dir, c.endpoint, c.paired)
		if errors.Is(err, ErrEndpointMismatch) != c.refused || (err != nil) != c.refused {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for _, endpoint := range []*Endpoint{nil, sim} {
		if err := checkMarker(t.TempDir(), endpoint, true); err == nil {
			t.Errorf("a paired directory that does not say with what is taken for %s", endpoint)
		}
	}
}
