package runtimeclient

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

// padded returns a status whose line has exactly n bytes.
func padded(n int) string {
	const head, tail = `{"phase":"WORKING","message":"`, `"}`
	return head + strings.Repeat("a", n-len(head)-len(tail)) + tail
}

// cut writes some bytes of a response and closes the connection.
func cut(part string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		write(w, part)
		panic(http.ErrAbortHandler)
	}
}

func TestWhatArrivesBeforeTheEnd(t *testing.T) {
	const limit = 1 << 10
	cases := []struct {
		name    string
		handler http.HandlerFunc
		phases  []runtimev1.Phase
		ends    error // nil: any error of a stream that was open
	}{
		{"a last line without its end", stream(`{"phase":"WORKING"}`), []runtimev1.Phase{"WORKING"}, ErrEnded},
		{"nothing", stream(), nil, ErrEnded},
		{"heartbeats", stream("\n", "\r\n", "  \n"), nil, ErrEnded},
		{"two statuses in one packet", stream("{\"phase\":\"STARTING\"}\n{\"phase\":\"FAILED\"}\n"), []runtimev1.Phase{"STARTING", "FAILED"}, ErrEnded},
		{"a status in many packets", stream(strings.Split("{\"phase\":\"WORKING\"}\n", "")...), []runtimev1.Phase{"WORKING"}, ErrEnded},
		{"blanks around a status", stream("  {\"phase\":\"WORKING\"} \r\n"), []runtimev1.Phase{"WORKING"}, ErrEnded},
		{"a status and then nonsense", stream("{\"phase\":\"WORKING\"}\n", "<html>\n", "{\"phase\":\"FAILED\"}\n"), []runtimev1.Phase{"WORKING"}, ErrMalformed},
		{"two objects in a line", stream("{\"phase\":\"WORKING\"}{}\n"), nil, ErrMalformed},
		{"a text", stream("\"WORKING\"\n"), nil, ErrMalformed},
		{"a field of another type", stream("{\"phase\":\"WORKING\",\"paired\":\"yes\"}\n"), nil, ErrMalformed},
		{"a time that is none", stream("{\"phase\":\"WORKING\",\"since\":\"yesterday\"}\n"), nil, ErrMalformed},
		{"a line just short enough", stream(padded(limit-1) + "\n"), []runtimev1.Phase{"WORKING"}, ErrEnded},
		{"a line too long", stream(padded(limit+1) + "\n"), nil, ErrMalformed},
		{"a good line and one too long", stream("{\"phase\":\"WORKING\"}\n", padded(2*limit)+"\n", "{\"phase\":\"FAILED\"}\n"), []runtimev1.Phase{"WORKING"}, ErrMalformed},
		{"a heartbeat too long", stream(strings.Repeat(" ", 2*limit)+"\n", "{\"phase\":\"FAILED\"}\n"), nil, ErrMalformed},
		{"a connection cut between lines", cut("{\"phase\":\"WORKING\"}\n"), []runtimev1.Phase{"WORKING"}, nil},
		{"a connection cut within a line", cut("{\"phase\":\"STARTING\"}\n{\"phase\":\"WORK"), []runtimev1.Phase{"STARTING"}, nil},
		{"an unknown phase", stream("{\"phase\":\"DANCING\"}\n"), []runtimev1.Phase{"STARTING"}, ErrEnded},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var phases []runtimev1.Phase
			err := New(Options{MaxLine: limit}).Watch(t.Context(), Target{serve(t, c.handler), "t"}, func(s runtimev1.Status) {
				phases = append(phases, s.Phase)
			})
			if !reflect.DeepEqual(phases, c.phases) {
				t.Errorf("phases are %v, want %v", phases, c.phases)
			}
			if c.ends != nil && !errors.Is(err, c.ends) || c.ends == nil && !errors.Is(err, ErrEnded) && !errors.Is(err, ErrMalformed) {
				t.Errorf("the stream ended with %v, want %v", err, c.ends)
			}
		})
	}
}

func TestAnswersThatAreNoStream(t *testing.T) {
	for code, want := range map[int]error{
		http.StatusNoContent:          StatusError{204},
		http.StatusMovedPermanently:   StatusError{301},
		http.StatusTemporaryRedirect:  StatusError{307},
		http.StatusForbidden:          ErrUnauthorized,
		http.StatusNotFound:           StatusError{404},
		http.StatusConflict:           StatusError{409},
		http.StatusTooManyRequests:    StatusError{429},
		http.StatusServiceUnavailable: StatusError{503},
	} {
		t.Run(http.StatusText(code), func(t *testing.T) {
			elsewhere := serve(t, func(_ http.ResponseWriter, r *http.Request) {
				t.Errorf("the token %q was sent elsewhere", r.Header.Get("Authorization"))
			})
			server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", elsewhere)
				w.WriteHeader(code)
			})
			err := New(Options{}).Watch(t.Context(), Target{server, "t"}, func(runtimev1.Status) { t.Error("a status was delivered") })
			if !errors.Is(err, want) {
				t.Errorf("error is %v, want %v", err, want)
			}
		})
	}
}

// A token is valid for one pod, from one operator, for a few minutes.
func TestTokensAtAPod(t *testing.T) {
	key, other := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
	public := []ed25519.PublicKey{key.Public().(ed25519.PublicKey)}
	now := time.Now()
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		presented, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok || runtimev1.VerifyToken(public, presented, "pod-1", now) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.URL.Path == runtimev1.StatusPath {
			write(w, "{\"phase\":\"WORKING\"}\n")
		}
	})
	for name, c := range map[string]struct {
		token    string
		accepted bool
	}{
		"of this operator for this pod": {runtimev1.SignToken(key, "pod-1", now), true},
		"for the pod before":            {runtimev1.SignToken(key, "pod-0", now), false},
		"of another operator":           {runtimev1.SignToken(other, "pod-1", now), false},
		"of an hour ago":                {runtimev1.SignToken(key, "pod-1", now.Add(-time.Hour)), false},
		"of tomorrow":                   {runtimev1.SignToken(key, "pod-1", now.Add(24*time.Hour)), false},
		"without its signature":         {strings.TrimRight(runtimev1.SignToken(key, "pod-1", now), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"), false},
		"empty":                         {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			client, target := New(Options{}), Target{server, c.token}
			statuses := 0
			for request, err := range map[string]error{
				"the logout":      client.Logout(t.Context(), target),
				"the archive run": client.RequestArchiveRun(t.Context(), target, "x"),
				"the stream":      client.Watch(t.Context(), target, func(runtimev1.Status) { statuses++ }),
			} {
				if refused := errors.Is(err, ErrUnauthorized); refused == c.accepted {
					t.Errorf("%s ends with %v", request, err)
				}
				if c.token != "" && err != nil && strings.Contains(err.Error(), c.token) {
					t.Errorf("the token is in the error of %s: %v", request, err)
				}
			}
			if (statuses == 1) != c.accepted {
				t.Errorf("%d statuses were delivered", statuses)
			}
		})
	}
}

func TestArchiveRunAnswers(t *testing.T) {
	for code, want := range map[int]error{
		http.StatusAccepted: nil, http.StatusOK: nil, http.StatusConflict: ErrConflict, http.StatusUnauthorized: ErrUnauthorized,
		http.StatusBadRequest: StatusError{400}, http.StatusNotFound: StatusError{404},
	} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
		if err := New(Options{}).RequestArchiveRun(t.Context(), Target{server, "t"}, "id"); !errors.Is(err, want) || err == nil != (want == nil) {
			t.Errorf("%d: error is %v, want %v", code, err, want)
		}
	}
}

// An endless response body costs nothing: nobody reads it.
func TestAnswersAreNotRead(t *testing.T) {
	ended := make(chan struct{})
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<10)); err != nil {
				return
			}
		}
	})
	if err := New(Options{}).Logout(t.Context(), Target{server, "t"}); err != nil {
		t.Errorf("error is %v", err)
	}
	receive(t, ended)
}

func TestEveryRequestHasItsOwnConnection(t *testing.T) {
	var closed []bool
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) { closed = append(closed, r.Close) })
	client := New(Options{})
	for range 2 {
		if err := client.Logout(t.Context(), Target{server, "t"}); err != nil {
			t.Fatal(err)
		}
	}
	if want := []bool{true, true}; !reflect.DeepEqual(closed, want) {
		t.Errorf("connections close after their request: %v", closed)
	}
	// Unlike that of net/http, this one knows no proxy, which would see the tokens.
	if _, ok := client.http.Transport.(*transport); !ok {
		t.Errorf("requests are sent by %T", client.http.Transport)
	}
}

func TestAnAddressThatIsNone(t *testing.T) {
	err := New(Options{}).Watch(t.Context(), Target{"http://bad host\x7f", "s3cret"}, func(runtimev1.Status) {})
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("error is %v", err)
	}
}

func TestDefaultOptions(t *testing.T) {
	want := Options{
		Silence: 45 * time.Second, RequestTimeout: 10 * time.Second, MaxLine: 256 << 10,
		Backoff: Backoff{First: 100 * time.Millisecond, Max: 5 * time.Second},
	}
	if got := (Options{}).withDefaults(); got != want {
		t.Errorf("defaults are %+v, want %+v", got, want)
	}
	chosen := Options{Silence: 1, RequestTimeout: 2, MaxLine: 3, Backoff: Backoff{First: 4, Max: 5}}
	if got := chosen.withDefaults(); got != chosen {
		t.Errorf("what was chosen became %+v", got)
	}
}

func TestErrorsSayWhatPeopleNeed(t *testing.T) {
	if got := (StatusError{503}).Error(); !strings.Contains(got, "503") {
		t.Errorf("the status is not in %q", got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	<-ctx.Done()
	err := New(Options{}).Logout(ctx, Target{"http://127.0.0.1:1", "t"})
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), runtimev1.LogoutPath) {
		t.Errorf("error is %v", err)
	}
}

func TestBoundOfEachField(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	local := now.In(time.FixedZone("there", 2*3600))
	past, future := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	base := func() runtimev1.Status {
		return runtimev1.Status{Phase: runtimev1.PhaseWorking, Reason: runtimev1.ReasonConnected}
	}
	cases := []struct {
		name     string
		in, want func(*runtimev1.Status)
	}{
		{"every phase of the contract but an unknown one", func(s *runtimev1.Status) { s.Phase = "PAUSED" }, func(s *runtimev1.Status) { s.Phase = runtimev1.PhaseStarting }},
		{"a reason of a newer runtime", func(s *runtimev1.Status) { s.Reason = "WaitingForPasskey" }, func(s *runtimev1.Status) { s.Reason = "WaitingForPasskey" }},
		{"a reason that is a sentence", func(s *runtimev1.Status) { s.Reason = "it is late" }, func(s *runtimev1.Status) { s.Reason = "" }},
		{"a reason that is too long", func(s *runtimev1.Status) { s.Reason = runtimev1.Reason(strings.Repeat("a", 65)) }, func(s *runtimev1.Status) { s.Reason = "" }},
		{"control characters", func(s *runtimev1.Status) { s.Message = "a\x1b[31mb\nc\x00" }, func(s *runtimev1.Status) { s.Message = "a[31mbc" }},
		{"invisible characters", func(s *runtimev1.Status) { s.Message = "a\u200bb\u202ec" }, func(s *runtimev1.Status) { s.Message = "abc" }},
		{"invalid text", func(s *runtimev1.Status) { s.Message = "a\xffb" }, func(s *runtimev1.Status) { s.Message = "ab" }},
		{"a letter that is cut", func(s *runtimev1.Status) { s.RuntimeVersion = strings.Repeat("a", 63) + "ü" }, func(s *runtimev1.Status) { s.RuntimeVersion = strings.Repeat("a", 63) }},
		{"a time elsewhere", func(s *runtimev1.Status) { s.Since = local }, func(s *runtimev1.Status) { s.Since = now }},
		{"no time", func(s *runtimev1.Status) { s.RetryAt = &time.Time{} }, func(s *runtimev1.Status) { s.RetryAt = &time.Time{} }},
		{"times that cannot be", func(s *runtimev1.Status) { s.Since, s.RetryAt = past, &future }, func(s *runtimev1.Status) { s.Since, s.RetryAt = earliest, &latest }},
		{"counts that cannot be",
			func(s *runtimev1.Status) {
				s.Chats = runtimev1.ChatCounts{Total: -1, Archived: 1 << 40, Unread: 5}
				s.History = runtimev1.HistoryStatus{Pending: -5, Imported: 1 << 31}
			},
			func(s *runtimev1.Status) {
				s.Chats = runtimev1.ChatCounts{Archived: 1<<31 - 1, Unread: 5}
				s.History = runtimev1.HistoryStatus{Imported: 1<<31 - 1}
			}},
		{"an account", func(s *runtimev1.Status) {
			s.Me = &runtimev1.Me{ID: strings.Repeat("1", 200), LID: "2\n", JID: "3\t", PushName: strings.Repeat("n", 300)}
		}, func(s *runtimev1.Status) {
			s.Me = &runtimev1.Me{ID: strings.Repeat("1", 128), LID: "2", JID: "3", PushName: strings.Repeat("n", 256)}
		}},
		{"an archive run", func(s *runtimev1.Status) {
			s.Archive = &runtimev1.ArchiveStatus{
				LastRequestID: strings.Repeat("x", 300), LastRunTime: &local, LastResult: "Invented", LastMessage: "a\nb",
				Archived: -1, Candidates: 1 << 40, Left: -2, NextRunTime: &future,
			}
		}, func(s *runtimev1.Status) {
			s.Archive = &runtimev1.ArchiveStatus{
				LastRequestID: strings.Repeat("x", 256), LastRunTime: &now, LastMessage: "ab", Candidates: 1<<31 - 1, NextRunTime: &latest,
			}
		}},
		{"groups", func(s *runtimev1.Status) { s.UnknownGroups = append(make([]string, 49), "a\nb", "one more") },
			func(s *runtimev1.Status) { s.UnknownGroups = append(make([]string, 49), "ab") }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, want := base(), base()
			c.in(&got)
			c.want(&want)
			bound(&got)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("left is\n%+v, want\n%+v", got, want)
			}
		})
	}
	for _, phase := range []runtimev1.Phase{
		runtimev1.PhaseStopped, runtimev1.PhaseStarting, runtimev1.PhaseScanQRCode, runtimev1.PhasePasskeyRequired,
		runtimev1.PhasePasskeyConfirmation, runtimev1.PhaseWorking, runtimev1.PhaseFailed,
	} {
		s := runtimev1.Status{Phase: phase}
		if bound(&s); s.Phase != phase {
			t.Errorf("%s became %s", phase, s.Phase)
		}
	}
}
