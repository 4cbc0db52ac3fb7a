package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// A file is fetched by the URL that its event names, as n8n's nodes do: it must
// be whole though nobody has said how the API is reached.
func TestEventsNameFilesByWholeURLs(t *testing.T) {
	w := newWorld(t)
	urls := make(chan string, 1)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var event struct {
			Payload struct{ Media struct{ URL string } }
		}
		if err := json.NewDecoder(r.Body).Decode(&event); err != nil {
			t.Errorf("an event is no JSON: %v", err)
		}
		urls <- event.Payload.Media.URL
	}))
	defer receiver.Close()
	settings := v1.Config{Session: "test", Webhooks: []v1.Webhook{{URL: receiver.URL, Events: []string{"message"}}}}
	c := w.start("--config", w.config(settings))
	c.pair()
	send := func() (url string) {
		t.Helper()
		if _, err := w.bob.SendImage(w.ctx, w.alice, []byte("\xff\xd8\xff\xe0 a picture"), "look"); err != nil {
			t.Fatal(err)
		}
		c.await("the event", func() bool {
			select {
			case url = <-urls:
				return true
			default:
				return false
			}
		})
		return url
	}
	url := send()
	if !strings.HasPrefix(url, c.url+"/api/files/test/false_15550002222@c.us_") {
		t.Fatalf("the file is at %q, the API at %s", url, c.url)
	}
	req, err := http.NewRequestWithContext(w.ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Api-Key", apiKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK || !strings.HasSuffix(string(body), "a picture") {
		t.Errorf("%d %q, %v", resp.StatusCode, body, err)
	}

	if err := c.stop(); err != nil {
		t.Fatal(err)
	}
	settings.Media.ServiceURL = "http://sales.crm.svc:3000"
	c = w.start("--config", w.config(settings))
	c.working()
	if url := send(); !strings.HasPrefix(url, settings.Media.ServiceURL+"/api/files/test/") {
		t.Errorf("behind a Service the file is at %q", url)
	}
}

func TestBaseURL(t *testing.T) {
	for want, at := range map[string]net.TCPAddr{
		"http://127.0.0.1:3000": {IP: net.IPv4(127, 0, 0, 1), Port: 3000},
		"http://[::1]:3000":     {IP: net.IPv6loopback, Port: 3000},
		"http://localhost:3000": {IP: net.IPv4zero, Port: 3000},
		"http://localhost:3001": {IP: net.IPv6unspecified, Port: 3001},
	} {
		if got := baseURL(&at); got != want {
			t.Errorf("%s is at %s, want %s", at.String(), got, want)
		}
	}
}
