package runtimeclient

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

func TestBackoffGrowsAndIsBounded(t *testing.T) {
	backoff := Backoff{First: 100 * time.Millisecond, Max: time.Second}
	cases := []struct {
		failures int
		random   float64
		want     time.Duration
	}{
		{1, 0, 100 * time.Millisecond},
		{2, 0, 200 * time.Millisecond},
		{4, 0, 800 * time.Millisecond},
		{5, 0, time.Second},
		{5, 0.5, 900 * time.Millisecond},
		{1000, 0, time.Second},
	}
	for _, c := range cases {
		if got := backoff.wait(c.failures, c.random); got != c.want {
			t.Errorf("wait(%d, %v) = %s, want %s", c.failures, c.random, got, c.want)
		}
	}
}

// record is an Observer that passes on what it receives.
type record struct {
	statuses chan runtimev1.Status
	lost     chan error
}

func newRecord() record {
	return record{make(chan runtimev1.Status, 100), make(chan error, 100)}
}

func (r record) Status(s runtimev1.Status) { r.statuses <- s }
func (r record) Lost(err error)            { r.lost <- err }

func TestFollowOpensTheStreamAgainWithTheTokenOfTheDay(t *testing.T) {
	var asked atomic.Int32
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			write(w, `{"phase":"STARTING"}`+"\n")
			return
		}
		if r.Header.Get("Authorization") != "Bearer new" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		hold(`{"phase":"WORKING"}`+"\n")(w, r)
	})
	var tokens atomic.Int32
	token := func(context.Context) (string, error) {
		if tokens.Add(1) < 3 {
			return "old", nil
		}
		return "new", nil
	}
	ctx, cancel := context.WithCancel(t.Context())
	seen, done := newRecord(), make(chan struct{})
	go func() {
		defer close(done)
		New(Options{Backoff: Backoff{First: time.Millisecond}}).Follow(ctx, server, token, seen)
	}()

	if got := receive(t, seen.statuses); got.Phase != "STARTING" {
		t.Errorf("first status is %+v", got)
	}
	if err := receive(t, seen.lost); !errors.Is(err, ErrEnded) {
		t.Errorf("the first stream was lost with %v", err)
	}
	if err := receive(t, seen.lost); !errors.Is(err, ErrUnauthorized) {
		t.Errorf("the second attempt was lost with %v", err)
	}
	if got := receive(t, seen.statuses); got.Phase != "WORKING" {
		t.Errorf("second status is %+v", got)
	}
	cancel()
	receive(t, done)
	if len(seen.lost) != 0 {
		t.Errorf("Lost was called at the end of the context: %v", <-seen.lost)
	}
}

func TestFollowTellsThatTheTokenIsMissing(t *testing.T) {
	missing := errors.New("no secret")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen := newRecord()
	go New(Options{}).Follow(ctx, "http://127.0.0.1:1", func(context.Context) (string, error) { return "", missing }, seen)
	if err := receive(t, seen.lost); !errors.Is(err, missing) {
		t.Errorf("lost with %v", err)
	}
}

func receive[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(10 * time.Second):
		t.Fatal("nothing arrived within 10 s")
		panic("unreachable")
	}
}
