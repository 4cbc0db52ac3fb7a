package runtimeclient

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

func TestBaseURL(t *testing.T) {
	for ip, want := range map[string]string{
		"10.1.2.3": "http://10.1.2.3:3000",
		"fd00::1":  "http://[fd00::1]:3000",
	} {
		if got := BaseURL(ip); got != want {
			t.Errorf("BaseURL(%q) = %q, want %q", ip, got, want)
		}
	}
}

func TestArchiveRunNamesTheRequest(t *testing.T) {
	var seen *http.Request
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		seen = r
		w.WriteHeader(http.StatusAccepted)
	})
	id := "2026-01-02T03:04:05+01:00 & more"
	if err := New(Options{}).RequestArchiveRun(t.Context(), Target{server, "t0k"}, id); err != nil {
		t.Fatal(err)
	}
	if seen.Method != http.MethodPost || seen.URL.Path != runtimev1.ArchiveRunPath {
		t.Errorf("request was %s %s", seen.Method, seen.URL.Path)
	}
	if got := seen.URL.Query().Get("id"); got != id {
		t.Errorf("id arrived as %q, want %q", got, id)
	}
	if got := seen.Header.Get("Authorization"); got != "Bearer t0k" {
		t.Errorf("authorization arrived as %q", got)
	}
}

func TestLogoutAnswers(t *testing.T) {
	cases := []struct {
		code int
		want error
	}{
		{http.StatusNoContent, nil},
		{http.StatusConflict, ErrConflict},
		{http.StatusUnauthorized, ErrUnauthorized},
		{http.StatusForbidden, ErrUnauthorized},
		{http.StatusInternalServerError, StatusError{500}},
		// Redirects are not followed: they would leak the token.
		{http.StatusTemporaryRedirect, StatusError{307}},
	}
	for _, c := range cases {
		t.Run(http.StatusText(c.code), func(t *testing.T) {
			calls := 0
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				calls++
				if r.URL.Path != runtimev1.LogoutPath {
					t.Errorf("path was %s", r.URL.Path)
				}
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(c.code)
			})
			err := New(Options{}).Logout(t.Context(), Target{server, "t"})
			if !errors.Is(err, c.want) {
				t.Errorf("error is %v, want %v", err, c.want)
			}
			if calls != 1 {
				t.Errorf("%d requests were made", calls)
			}
		})
	}
}

func TestUnreachableHoldsNoAddress(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	address := server.URL
	server.Close()
	err := New(Options{}).Logout(t.Context(), Target{address, "t"})
	if !errors.Is(err, ErrUnreachable) {
		t.Fatalf("error is %v, want %v", err, ErrUnreachable)
	}
	if strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("the error contains an address: %v", err)
	}
}

func TestRequestIsBoundedInTime(t *testing.T) {
	release := make(chan struct{})
	server := serve(t, func(http.ResponseWriter, *http.Request) { <-release })
	t.Cleanup(func() { close(release) })
	started := time.Now()
	err := New(Options{RequestTimeout: 50 * time.Millisecond}).Logout(t.Context(), Target{server, "t"})
	if !errors.Is(err, ErrUnreachable) {
		t.Errorf("error is %v, want %v", err, ErrUnreachable)
	}
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("the request took %s", took)
	}
}

func TestCallerMayGiveUp(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	gaveUp := errors.New("gave up")
	release := make(chan struct{})
	server := serve(t, func(http.ResponseWriter, *http.Request) {
		cancel(gaveUp)
		<-release
	})
	t.Cleanup(func() { close(release) })
	if err := New(Options{}).Logout(ctx, Target{server, "t"}); !errors.Is(err, gaveUp) {
		t.Errorf("error is %v, want the caller's cause", err)
	}
}

func serve(t *testing.T, handler http.HandlerFunc) (baseURL string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}
