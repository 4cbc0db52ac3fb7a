package runtimeclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

func TestWatchDeliversEveryStatusInOrder(t *testing.T) {
	server := serve(t, stream(
		`{"phase":"STARTING","reason":"Connecting"}`, "\n", "\n",
		`{"phase":"WORKING","reason":"Connected",`, `"futureField":{"a":1}}`, "\r\n",
	))
	var got []runtimev1.Phase
	err := New(Options{}).Watch(t.Context(), Target{server, "t"}, func(s runtimev1.Status) { got = append(got, s.Phase) })
	if !errors.Is(err, ErrEnded) {
		t.Errorf("the stream ended with %v, want %v", err, ErrEnded)
	}
	if want := []runtimev1.Phase{"STARTING", "WORKING"}; !reflect.DeepEqual(got, want) {
		t.Errorf("phases are %v, want %v", got, want)
	}
}

func TestWatchAsksAsTheContractSays(t *testing.T) {
	var seen *http.Request
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) { seen = r })
	_ = New(Options{}).Watch(t.Context(), Target{server, "t0k"}, func(runtimev1.Status) {})
	if got := seen.URL.String(); got != runtimev1.StatusPath+"?watch=true" {
		t.Errorf("asked for %s", got)
	}
	if got := seen.Header.Get("Authorization"); got != "Bearer t0k" {
		t.Errorf("authorization is %q", got)
	}
}

func TestWatchEnds(t *testing.T) {
	cases := []struct {
		name    string
		handler http.HandlerFunc
		want    error
	}{
		{"refused token", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, ErrUnauthorized},
		{"server error", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, StatusError{503}},
		{"no JSON", stream("not a status\n"), ErrMalformed},
		{"JSON of another shape", stream("[1,2]\n"), ErrMalformed},
		{"endless line", stream(`{"message":"`, strings.Repeat("a", 2<<10)), ErrMalformed},
		{"silence", hold(""), ErrSilent},
		{"trickle without a line", trickle, ErrSilent},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			client := New(Options{Silence: 100 * time.Millisecond, MaxLine: 1 << 10})
			err := client.Watch(t.Context(), Target{serve(t, c.handler), "t"}, func(s runtimev1.Status) {
				t.Errorf("a status was delivered: %+v", s)
			})
			if !errors.Is(err, c.want) {
				t.Errorf("error is %v, want %v", err, c.want)
			}
		})
	}
}

func TestWatchEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := serve(t, hold(`{"phase":"WORKING"}`+"\n"))
	err := New(Options{}).Watch(ctx, Target{server, "t"}, func(runtimev1.Status) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

// stream writes the parts, each flushed separately, and closes.
func stream(parts ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, part := range parts {
			write(w, part)
		}
	}
}

// hold writes the first part and then stays silent.
func hold(first string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		write(w, first)
		<-r.Context().Done()
	}
}

func trickle(w http.ResponseWriter, r *http.Request) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
			write(w, " ")
		}
	}
}

func write(w http.ResponseWriter, part string) {
	_, _ = fmt.Fprint(w, part)
	w.(http.Flusher).Flush()
}
