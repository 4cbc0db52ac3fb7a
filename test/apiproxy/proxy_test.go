package apiproxy

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// newProxy is a proxy before a server that answers "ok", and that keeps watches
// open. served counts the requests that the server has got.
func newProxy(t *testing.T) (p *Proxy, served *atomic.Int32) {
	t.Helper()
	served = &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served.Add(1)
		_, _ = io.WriteString(w, "ok\n")
		if isWatch(r) {
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}
	}))
	t.Cleanup(server.Close)
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if p, err = start(target, server.Client().Transport); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p, served
}

func request(t *testing.T, p *Proxy, method, path string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, p.Config().Host+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err == nil {
		t.Cleanup(func() { _ = response.Body.Close() })
	}
	return response, err
}

func TestTrouble(t *testing.T) {
	for name, c := range map[string]struct {
		trouble *Trouble
		code    int   // 0: no answer
		served  int32 // whether the request has reached the server
	}{
		"none":     {nil, http.StatusOK, 1},
		"away":     {&Trouble{Away: true}, 0, 0},
		"lost":     {&Trouble{Lost: true}, 0, 1},
		"failing":  {&Trouble{Code: http.StatusInternalServerError}, http.StatusInternalServerError, 0},
		"busy":     {&Trouble{Code: http.StatusTooManyRequests, RetryAfter: 7}, http.StatusTooManyRequests, 0},
		"of reads": {&Trouble{Away: true, Matches: func(r *http.Request) bool { return !IsWrite(r) }}, http.StatusOK, 1},
		"slow":     {&Trouble{Delay: time.Millisecond}, http.StatusOK, 1},
	} {
		t.Run(name, func(t *testing.T) {
			p, served := newProxy(t)
			p.Meet(c.trouble)
			response, err := request(t, p, http.MethodPatch, "/api/v1/pods")
			switch {
			case c.code == 0 && err == nil:
				t.Errorf("answered %d, want a broken connection", response.StatusCode)
			case c.code != 0 && err != nil:
				t.Errorf("not answered: %v", err)
			case c.code != 0 && response.StatusCode != c.code:
				t.Errorf("answered %d, want %d", response.StatusCode, c.code)
			case c.code == http.StatusTooManyRequests && response.Header.Get("Retry-After") != "7":
				t.Error("not told when to come back")
			}
			// A client sends a request that can be repeated once more if an idle
			// connection breaks; this one cannot.
			if served.Load() != c.served {
				t.Errorf("the server got %d requests, want %d", served.Load(), c.served)
			}
		})
	}
}

func TestWatchesAreDropped(t *testing.T) {
	p, _ := newProxy(t)
	watch, err := request(t, p, http.MethodGet, "/api/v1/pods?watch=true")
	if err != nil {
		t.Fatal(err)
	}
	events := bufio.NewReader(watch.Body)
	if line, err := events.ReadString('\n'); err != nil || line != "ok\n" {
		t.Fatalf("the watch began with %q, %v", line, err)
	}
	if n := p.DropWatches(); n != 1 {
		t.Errorf("%d watches were dropped, want 1", n)
	}
	if rest, err := io.ReadAll(events); err == nil {
		t.Errorf("the watch ended in order, with %q", rest)
	}
}

func TestRequestsAreCounted(t *testing.T) {
	p, _ := newProxy(t)
	p.Meet(&Trouble{Code: http.StatusConflict, Matches: func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/pods/b") }})
	for _, r := range [][2]string{
		{http.MethodGet, "/api/v1/pods"}, {http.MethodPost, "/api/v1/pods/a"}, {http.MethodDelete, "/api/v1/pods/b"},
		{http.MethodPut, "/apis/coordination.k8s.io/v1/namespaces/x/leases/operator"},
	} {
		if _, err := request(t, p, r[0], r[1]); err != nil {
			t.Fatal(err)
		}
	}
	if want := (Counts{Reads: 1, Writes: 2, Troubled: 1}); p.Counts() != want {
		t.Errorf("counted %+v, want %+v", p.Counts(), want)
	}
}
