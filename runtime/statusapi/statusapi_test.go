package statusapi

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// fakeSession is a session whose status a test changes.
type fakeSession struct {
	mu      sync.Mutex
	status  v1.Status
	changed chan struct{}
	logout  error
}

func newFake() *fakeSession {
	return &fakeSession{status: v1.Status{Session: "a", Phase: v1.PhaseStarting}, changed: make(chan struct{})}
}

func (f *fakeSession) Status() v1.Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.status
}

func (f *fakeSession) Watch() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.changed
}

func (f *fakeSession) Logout(context.Context) error { return f.logout }

// enter changes the phase and wakes the watchers.
func (f *fakeSession) enter(phase v1.Phase) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status.Phase = phase
	close(f.changed)
	f.changed = make(chan struct{})
}

// signer is the operator's key, and token one of its tokens for the pod.
var (
	signer = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	token  = v1.SignToken(signer, "pod-a", time.Now())
)

func public(key ed25519.PrivateKey) []ed25519.PublicKey {
	return []ed25519.PublicKey{ed25519.PublicKey(key[ed25519.SeedSize:])}
}

func serve(t *testing.T, f *fakeSession, run func(context.Context, string) error) (*API, *httptest.Server) {
	t.Helper()
	api := New(Options{Session: f, RunArchive: run, Logger: slog.New(slog.DiscardHandler), PodUID: "pod-a"})
	api.SetKeys(public(signer))
	srv := httptest.NewServer(api)
	t.Cleanup(srv.Close)
	return api, srv
}

func do(t *testing.T, method, url, bearer string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if bearer != "" {
		req.Header.Set("Authorization", bearer)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

func TestOnlyTheTokenOpens(t *testing.T) {
	api, srv := serve(t, newFake(), nil)
	for bearer, want := range map[string]int{
		"Bearer " + token: 200, "": 401, "Bearer ": 401, "Bearer nonsense": 401, token: 401, "Basic " + token: 401,
	} {
		for _, path := range []string{v1.StatusPath, v1.StatusPath + "?watch=true"} {
			if path != v1.StatusPath && want == 200 {
				continue // a stream, below
			}
			if got := do(t, http.MethodGet, srv.URL+path, bearer).StatusCode; got != want {
				t.Errorf("%q at %s: %d, want %d", bearer, path, got, want)
			}
		}
	}
	if got := do(t, http.MethodGet, srv.URL+v1.StatusPath, "Bearer "+v1.SignToken(signer, "pod-b", time.Now())).StatusCode; got != 401 {
		t.Errorf("a token for another pod: %d, want 401", got)
	}
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = 1
	api.SetKeys(public(ed25519.NewKeyFromSeed(seed)))
	if got := do(t, http.MethodGet, srv.URL+v1.StatusPath, "Bearer "+token).StatusCode; got != 401 {
		t.Errorf("after the key was replaced: %d, want 401", got)
	}
	api.SetKeys(nil)
	if got := do(t, http.MethodGet, srv.URL+v1.StatusPath, "Bearer "+token).StatusCode; got != 401 {
		t.Errorf("without keys: %d, want 401", got)
	}
}

func TestStatusOnce(t *testing.T) {
	_, srv := serve(t, newFake(), nil)
	var got v1.Status
	if err := json.NewDecoder(do(t, http.MethodGet, srv.URL+v1.StatusPath, "Bearer "+token).Body).Decode(&got); err != nil || got.Phase != v1.PhaseStarting {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestStream(t *testing.T) {
	f := newFake()
	_, srv := serve(t, f, nil)
	resp := do(t, http.MethodGet, srv.URL+v1.StatusPath+"?watch=true", "Bearer "+token)
	if got := resp.Header.Get("Content-Type"); got != "application/x-ndjson" {
		t.Errorf("content type %q", got)
	}
	lines := bufio.NewScanner(resp.Body)
	next := func() v1.Phase {
		t.Helper()
		for lines.Scan() {
			if len(lines.Bytes()) == 0 {
				continue
			}
			var s v1.Status
			if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
				t.Fatal(err)
			}
			return s.Phase
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return ""
	}
	if got := next(); got != v1.PhaseStarting {
		t.Errorf("at once: %s", got)
	}
	f.enter(v1.PhaseStarting) // a wake-up without a change is no line
	for _, phase := range []v1.Phase{v1.PhaseScanQRCode, v1.PhaseWorking} {
		f.enter(phase)
		if got := next(); got != phase {
			t.Errorf("after the change: %s, want %s", got, phase)
		}
	}
}

func TestStreamEndsWithItsReader(t *testing.T) {
	f := newFake()
	api := New(Options{Session: f, Logger: slog.New(slog.DiscardHandler), PodUID: "pod-a"})
	api.SetKeys(public(signer))
	ended := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		api.ServeHTTP(w, r)
	}))
	defer srv.Close()
	resp := do(t, http.MethodGet, srv.URL+v1.StatusPath+"?watch=true", "Bearer "+token)
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Error("the stream goes on without a reader")
	}
}

func TestArchiveRun(t *testing.T) {
	var asked []string
	busy := errors.New("a run is under way")
	_, srv := serve(t, newFake(), func(_ context.Context, id string) error {
		asked = append(asked, id)
		if id == "second" {
			return busy
		}
		return nil
	})
	for _, c := range []struct {
		query string
		want  int
	}{{"?id=first", 202}, {"?id=second", 409}, {"", 400}} {
		if got := do(t, http.MethodPost, srv.URL+v1.ArchiveRunPath+c.query, "Bearer "+token).StatusCode; got != c.want {
			t.Errorf("%q: %d, want %d", c.query, got, c.want)
		}
	}
	if len(asked) != 2 {
		t.Errorf("asked for %v", asked)
	}
	if got := do(t, http.MethodGet, srv.URL+v1.ArchiveRunPath+"?id=x", "Bearer "+token).StatusCode; got != 405 {
		t.Errorf("GET: %d, want 405", got)
	}
}

func TestLogout(t *testing.T) {
	f := newFake()
	_, srv := serve(t, f, nil)
	for _, c := range []struct {
		err  error
		want int
	}{{nil, 204}, {chat.ErrNotConnected, 409}, {errors.New("secret detail"), 502}} {
		f.logout = c.err
		resp := do(t, http.MethodPost, srv.URL+v1.LogoutPath, "Bearer "+token)
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != c.want || string(body) == "secret detail\n" {
			t.Errorf("%v: %d %q", c.err, resp.StatusCode, body)
		}
	}
}
