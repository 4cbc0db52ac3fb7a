package simclient_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/wasession/wasession/test/simulator/simclient"
)

func TestTransport(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Host+r.URL.RequestURI())
	}))
	defer srv.Close()
	transport, err := simclient.NewTransport(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}

	for _, url := range []string{"https://mmg.whatsapp.net/v/t62?a=b", "https://web.whatsapp.com/ws/chat", "https://whatsapp.net/x"} {
		resp, err := client.Get(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if got := "https://" + string(body); got != url {
			t.Errorf("the simulator was asked for %s, want %s", got, url)
		}
	}
	for _, url := range []string{"https://example.com/", srv.URL, "https://whatsapp.net.example.com/", "https://notwhatsapp.com/"} {
		if resp, err := client.Get(url); err == nil {
			_ = resp.Body.Close()
			t.Errorf("%s was reached", url)
		}
	}
}

func TestTransportNeedsAPlainURL(t *testing.T) {
	for _, url := range []string{"", "127.0.0.1:80", "https://127.0.0.1", "http://", "http://%"} {
		if _, err := simclient.NewTransport(url); err == nil {
			t.Errorf("%q was accepted", url)
		}
	}
}
