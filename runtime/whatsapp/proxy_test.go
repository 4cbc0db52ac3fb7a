package whatsapp

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

func TestTheProxyCanChange(t *testing.T) {
	var seen []string
	proxy := func(name string) *url.URL {
		srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { seen = append(seen, name) }))
		t.Cleanup(srv.Close)
		u, err := url.Parse(srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	one, two := proxy("one"), proxy("two")
	to := &Endpoint{URL: &url.URL{Scheme: "http", Host: "simulator.example"}}
	var w outbound
	for i, step := range []struct {
		proxy   *url.URL
		changes bool
		want    string
	}{{one, true, "one"}, {one, false, "one"}, {two, true, "two"}} {
		if got := w.set(to, step.proxy); got != step.changes {
			t.Errorf("step %d: changed %t", i, got)
		}
		resp, err := (&http.Client{Transport: &w}).Get("https://web.whatsapp.com/ws/chat")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if got := seen[len(seen)-1]; got != step.want {
			t.Errorf("step %d went through %s, want %s", i, got, step.want)
		}
	}
}

// A media server that redirects leads to WhatsApp's hosts alone.
func TestRedirectsOfMediaServers(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the other host was reached") }))
	defer elsewhere.Close()
	media := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/other":
			http.Redirect(w, r, "https://mmg-fallback.whatsapp.net/file", http.StatusFound)
		case "/away":
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		}
	}))
	defer media.Close()
	to, err := url.Parse(media.URL)
	if err != nil {
		t.Fatal(err)
	}
	var w outbound
	w.set(&Endpoint{URL: to}, nil)
	client := &http.Client{Transport: &w}
	resp, err := client.Get("https://mmg.whatsapp.net/other")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if _, err := client.Get("https://mmg.whatsapp.net/away"); !errors.Is(err, errOtherHost) {
		t.Errorf("a redirect away: %v", err)
	}
}

// The proxy that a manifest names is connected to by the policy.
func TestTheProxyIsDialledByThePolicy(t *testing.T) {
	refused := errors.New("refused")
	var asked string
	w := outbound{dial: func(_ context.Context, _, address string) (net.Conn, error) {
		asked = address
		return nil, refused
	}}
	w.set(nil, &url.URL{Scheme: "socks5", Host: "169.254.169.254:80"})
	if _, err := (&http.Client{Transport: &w}).Get("https://web.whatsapp.com/"); !errors.Is(err, refused) || asked != "169.254.169.254:80" {
		t.Errorf("asked for %q: %v", asked, err)
	}
}
