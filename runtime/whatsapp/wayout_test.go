package whatsapp

import (
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
	var w wayOut
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
