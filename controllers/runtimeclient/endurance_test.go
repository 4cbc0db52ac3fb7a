package runtimeclient

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

// pod is a transport that answers each attempt with the next of its answers,
// repeating the last one, and records the times.
type pod struct {
	answers []func(*http.Request) (*http.Response, error)
	asked   []time.Time
}

func (p *pod) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := p.answers[min(len(p.asked), len(p.answers)-1)]
	p.asked = append(p.asked, time.Now())
	return answer(r)
}

func away(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") }

func answering(code int) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: code, Body: http.NoBody, Request: r}, nil
	}
}

// saying returns a stream of lines with waits between them. It ends after the
// last one or with its request.
func saying(lines ...any) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		reader, writer := io.Pipe()
		go func() {
			for _, line := range lines {
				switch line := line.(type) {
				case time.Duration:
					select {
					case <-time.After(line):
					case <-r.Context().Done():
					}
				case string:
					_, _ = io.WriteString(writer, line+"\n")
				}
			}
			writer.Close()
		}()
		context.AfterFunc(r.Context(), func() { writer.CloseWithError(r.Context().Err()) })
		return &http.Response{StatusCode: http.StatusOK, Body: reader, Request: r}, nil
	}
}

func clientOf(p *pod, options Options) *Client {
	client := New(options)
	client.http.Transport = p
	return client
}

func token(context.Context) (string, error) { return "t", nil }

// heard is an Observer that records, slowly if takes is set.
type heard struct {
	phases []runtimev1.Phase
	lost   []error
	takes  time.Duration
}

func (h *heard) Status(s runtimev1.Status) {
	h.phases = append(h.phases, s.Phase)
	time.Sleep(h.takes) // in the bubble's fake time
}

func (h *heard) Lost(err error) { h.lost = append(h.lost, err) }

// followFor follows a pod for some time in a bubble.
func followFor(t *testing.T, p *pod, seen *heard, options Options, duration time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), duration)
	defer cancel()
	clientOf(p, options).Follow(ctx, "http://pod", token, seen)
}

// expectGaps checks the waits between attempts: each may be up to a fifth shorter.
func expectGaps(t *testing.T, asked []time.Time, want ...time.Duration) {
	t.Helper()
	if len(asked) <= len(want) {
		t.Fatalf("%d attempts were made, want more than %d", len(asked), len(want))
	}
	for i, gap := range want {
		if got := asked[i+1].Sub(asked[i]); got > gap || got < gap*4/5 {
			t.Errorf("between attempt %d and the next were %s, want %s or up to a fifth less", i, got, gap)
		}
	}
}

func TestAPodThatIsAwayIsAskedEverMoreRarely(t *testing.T) {
	for name, answer := range map[string]func(*http.Request) (*http.Response, error){
		"nothing listens":       away,
		"it refuses the token":  answering(http.StatusUnauthorized),
		"it is of another kind": answering(http.StatusNotFound),
		"it ends each stream":   saying(),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, seen := &pod{answers: []func(*http.Request) (*http.Response, error){answer}}, &heard{}
				const ms = time.Millisecond
				followFor(t, p, seen, Options{Backoff: Backoff{First: 100 * ms, Max: time.Second}}, time.Minute)
				expectGaps(t, p.asked, 100*ms, 200*ms, 400*ms, 800*ms, time.Second, time.Second, time.Second)
				// 1.5 s until the longest wait, then one every 0.8 to 1 s.
				if len(p.asked) > 5+75 {
					t.Errorf("%d attempts were made in a minute", len(p.asked))
				}
				if len(seen.lost) < len(p.asked)-1 || len(seen.phases) != 0 {
					t.Errorf("%d attempts, %d losses, statuses %v", len(p.asked), len(seen.lost), seen.phases)
				}
			})
		})
	}
}

func TestAStreamThatLivedIsOpenedAgainSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const ms = time.Millisecond
		lived := saying(`{"phase":"WORKING"}`, 10*time.Second)
		p := &pod{answers: []func(*http.Request) (*http.Response, error){away, away, away, lived, away}}
		seen := &heard{}
		followFor(t, p, seen, Options{Backoff: Backoff{First: 100 * ms, Max: time.Second}}, 13*time.Second)
		expectGaps(t, p.asked[:4], 100*ms, 200*ms, 400*ms)
		after := p.asked[4].Sub(p.asked[3]) - 10*time.Second
		if after > 100*ms || after < 80*ms {
			t.Errorf("%s after its end it is opened again, want 100 ms", after)
		}
		expectGaps(t, p.asked[4:], 200*ms, 400*ms)
		if !errors.Is(seen.lost[3], ErrEnded) {
			t.Errorf("the stream was lost with %v", seen.lost[3])
		}
	})
}

func TestFollowEndsAtOnce(t *testing.T) {
	const never = time.Hour
	cases := []struct {
		name   string
		answer func(*http.Request) (*http.Response, error)
		token  TokenSource
		losses int
	}{
		{"while it waits for the next attempt", away, token, 1},
		{"while it follows", saying(`{"phase":"WORKING"}`, never), token, 0},
		{"while it waits for an answer", func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, token, 0},
		{"while it waits for the token", away, func(ctx context.Context) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		}, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, seen := &pod{answers: []func(*http.Request) (*http.Response, error){c.answer}}, &heard{}
				ctx, cancel := context.WithCancel(t.Context())
				client := clientOf(p, Options{Backoff: Backoff{First: never, Max: never}, RequestTimeout: never, Silence: 2 * never})
				done := make(chan struct{})
				go func() {
					defer close(done)
					client.Follow(ctx, "http://pod", c.token, seen)
				}()
				synctest.Wait()
				started := time.Now()
				cancel()
				<-done
				if took := time.Since(started); took != 0 {
					t.Errorf("the end took %s", took)
				}
				if len(seen.lost) != c.losses {
					t.Errorf("lost were %v", seen.lost)
				}
			})
		})
	}
}

// A slow observer delays the pod's reports. That does not count as silence.
func TestASlowObserverIsNoSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lines := []any{`{"phase":"STARTING"}`, `{"phase":"SCAN_QR_CODE"}`, `{"phase":"WORKING"}`, time.Second}
		p, seen := &pod{answers: []func(*http.Request) (*http.Response, error){saying(lines...)}}, &heard{takes: time.Minute}
		err := clientOf(p, Options{Silence: 10 * time.Second}).Watch(t.Context(), Target{"http://pod", "t"}, seen.Status)
		if !errors.Is(err, ErrEnded) || len(seen.phases) != 3 {
			t.Errorf("after %v the stream ended with %v", seen.phases, err)
		}
	})
}

func TestSilence(t *testing.T) {
	const beat = 15 * time.Second
	cases := []struct {
		name  string
		lines []any
		seen  int // statuses
		ends  time.Duration
		with  error
	}{
		{"nothing from the beginning", []any{time.Hour}, 0, 45 * time.Second, ErrSilent},
		{"a report and then nothing", []any{`{"phase":"WORKING"}`, time.Hour}, 1, 45 * time.Second, ErrSilent},
		{"heartbeats and then nothing", []any{beat, "", beat, "", beat, "", time.Hour}, 0, 3*beat + 45*time.Second, ErrSilent},
		{"heartbeats and then a report", []any{beat, "", beat, "", beat, "", beat, "", beat, `{"phase":"WORKING"}`}, 1, 5 * beat, ErrEnded},
		{"a heartbeat that is late", []any{44 * time.Second, "", 44 * time.Second, ""}, 0, 88 * time.Second, ErrEnded},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, started := &pod{answers: []func(*http.Request) (*http.Response, error){saying(c.lines...)}}, time.Now()
				seen := 0
				err := clientOf(p, Options{}).Watch(t.Context(), Target{"http://pod", "t"}, func(runtimev1.Status) { seen++ })
				if took := time.Since(started); !errors.Is(err, c.with) || took != c.ends || seen != c.seen {
					t.Errorf("the stream ended after %s and %d statuses with %v, want %s, %d and %v", took, seen, err, c.ends, c.seen, c.with)
				}
			})
		})
	}
}

// A pod that sends garbage is retried.
func TestFollowGoesOnAfterNonsense(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pod{answers: []func(*http.Request) (*http.Response, error){
			saying("nonsense"),
			saying(`{"message":"` + strings.Repeat("a", 300<<10) + `"}`),
			answering(http.StatusInternalServerError),
			saying(`{"phase":"WORKING"}`, time.Hour),
		}}
		seen := &heard{}
		followFor(t, p, seen, Options{}, 10*time.Second)
		if len(p.asked) != 4 || len(seen.phases) != 1 {
			t.Fatalf("%d attempts, statuses %v, lost %v", len(p.asked), seen.phases, seen.lost)
		}
		for i, want := range []error{ErrMalformed, ErrMalformed, StatusError{500}} {
			if !errors.Is(seen.lost[i], want) {
				t.Errorf("attempt %d was lost with %v, want %v", i, seen.lost[i], want)
			}
		}
	})
}
