package egress

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestRefusePrivate(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	if _, err := (Policy{}).Client(time.Minute).Get(server.URL); err != nil {
		t.Errorf("a private address, not refused: %v", err)
	}
	if _, err := (Policy{RefusePrivate: true}).Client(time.Minute).Get(server.URL); !errors.Is(err, ErrRefusedAddress) {
		t.Errorf("got %v, want %v", err, ErrRefusedAddress)
	}
	byName := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	if _, err := (Policy{RefusePrivate: true}).Client(time.Minute).Get(byName); !errors.Is(err, ErrRefusedAddress) {
		t.Errorf("by name: got %v, want %v", err, ErrRefusedAddress)
	}
}

func TestCheckPublic(t *testing.T) {
	cases := map[string]bool{
		"8.8.8.8:443": true, "[2001:4860:4860::8888]:443": true,
		"127.0.0.1:80": false, "10.1.2.3:80": false, "172.16.0.1:80": false, "192.168.1.1:80": false,
		"169.254.169.254:80": false, "100.64.0.1:80": false, "0.0.0.0:80": false, "224.0.0.1:80": false,
		"[::1]:80": false, "[fe80::1]:80": false, "[fd00::1]:80": false, "[::ffff:10.0.0.1]:80": false,
		"nonsense": false,
	}
	for address, public := range cases {
		if err := checkPublic(address); (err == nil) != public {
			t.Errorf("%s: %v, want public %t", address, err, public)
		}
	}
}

func TestRedirects(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the other host was reached") }))
	defer elsewhere.Close()
	mux := http.NewServeMux()
	bodies := make(chan int64, 1)
	mux.HandleFunc("/here", func(_ http.ResponseWriter, r *http.Request) { bodies <- r.ContentLength })
	mux.Handle("/within", http.RedirectHandler("/here", http.StatusPermanentRedirect))
	mux.Handle("/loses-the-body", http.RedirectHandler("/here", http.StatusFound))
	mux.Handle("/away", http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	mux.Handle("/for-ever", http.RedirectHandler("/for-ever", http.StatusTemporaryRedirect))
	server := httptest.NewServer(mux)
	defer server.Close()
	client := Policy{}.Client(time.Minute)
	post := func(path string) error {
		_, err := client.Post(server.URL+path, "text/plain", strings.NewReader("body"))
		return err
	}
	if err := post("/within"); err != nil || <-bodies != 4 {
		t.Errorf("a redirect within the host: %v", err)
	}
	for _, path := range []string{"/loses-the-body", "/away", "/for-ever"} {
		if err := post(path); !errors.Is(err, ErrRefusedRedirect) {
			t.Errorf("%s: got %v, want %v", path, err, ErrRefusedRedirect)
		}
	}
}
