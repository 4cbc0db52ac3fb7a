package forward

import (
	"bufio"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/gateway/fleet"
)

// forwarder returns a Forwarder to a server, and the pod that it is.
func forwarder(t *testing.T, address string, change ...func(*Options)) (*Forwarder, fleet.Pod) {
	t.Helper()
	listener, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{
		Sign: func(pod types.UID, caller string, actions []string, _ time.Time) string { return "t" },
		Port: listener.Port, Log: slog.New(slog.DiscardHandler), ConnectTimeout: 5 * time.Second,
	}
	for _, f := range change {
		f(&o)
	}
	f := New(o)
	t.Cleanup(f.Close)
	return f, fleet.Pod{UID: "pod", IP: listener.IP.String()}
}

// call forwards a call and returns its status and what Fail was given.
func call(f *Forwarder, pod fleet.Pod, method, body string) (status int, failure error) {
	r := httptest.NewRequest(method, "/api/sendText", strings.NewReader(body))
	if body == "" {
		r.Body, r.ContentLength = http.NoBody, 0
	}
	w := httptest.NewRecorder()
	f.Forward(w, r, Call{Pod: pod, Path: "/api/sendText", Query: url.Values{}, Fail: func(w http.ResponseWriter, _ *http.Request, err error) {
		failure = err
		w.WriteHeader(http.StatusBadGateway)
	}})
	return w.Code, failure
}

// closing accepts connections, answers the first request of each, and ends the
// connection on the second, having read it.
func closing(t *testing.T) (address string, requests *atomic.Int64) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	requests = new(atomic.Int64)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				reader := bufio.NewReader(c)
				for number := range 2 {
					r, err := http.ReadRequest(reader)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, r.Body)
					requests.Add(1)
					if number == 0 {
						_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
					}
				}
			}()
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-done })
	return listener.Addr().String(), requests
}

// A pod that dies with a request may have carried it out. Even a GET can be a message
// that is sent.
func TestWhatMayHaveArrivedIsNotSentAgain(t *testing.T) {
	for _, c := range []struct{ method, body string }{{"GET", ""}, {"POST", ""}, {"POST", `{"text":"x"}`}, {"DELETE", ""}} {
		address, requests := closing(t)
		f, pod := forwarder(t, address)
		if status, err := call(f, pod, c.method, c.body); status != 200 {
			t.Fatalf("%s: %d %v", c.method, status, err)
		}
		status, err := call(f, pod, c.method, c.body)
		if status != 502 || !errors.Is(err, ErrUnreachable) {
			t.Errorf("%s: %d %v, want 502", c.method, status, err)
		}
		if got := requests.Load(); got != 2 {
			t.Errorf("%s: the pod got %d requests, want 2", c.method, got)
		}
	}
}

// refusing is a RoundTripper whose connections fail before or after a request has
// left.
type refusing struct {
	next  http.RoundTripper
	fails atomic.Int64
	tried atomic.Int64
}

func (r *refusing) RoundTrip(request *http.Request) (*http.Response, error) {
	if r.tried.Add(1) <= r.fails.Load() {
		return nil, &net.OpError{Op: "dial", Err: io.EOF}
	}
	return r.next.RoundTrip(request)
}

func TestWhatDidNotLeaveIsSentOnceMore(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(w, r.Body)
	}))
	defer server.Close()
	for fails, want := range map[int64]int64{0: 1, 1: 2, 2: 2} {
		transport := &refusing{next: http.DefaultTransport}
		transport.fails.Store(fails)
		r := httptest.NewRequest("POST", server.URL, strings.NewReader("hello"))
		r.RequestURI = ""
		response, err := once{transport}.RoundTrip(r)
		if (err == nil) != (fails < 2) || transport.tried.Load() != want {
			t.Errorf("after %d failures: tried %d times, %v", fails, transport.tried.Load(), err)
		}
		if err == nil {
			if body, _ := io.ReadAll(response.Body); string(body) != "hello" {
				t.Errorf("the pod got %q", body)
			}
			_ = response.Body.Close()
		}
	}
}

// A pod that hangs holds its own callers for the time-out, and no more than its share
// of them.
func TestAPodThatHangsHoldsNoOthers(t *testing.T) {
	hang := make(chan struct{})
	entered := make(chan struct{}, 10)
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { entered <- struct{}{}; <-hang }))
	defer slow.Close()
	defer close(hang)
	f, pod := forwarder(t, slow.Listener.Addr().String(), func(o *Options) { o.PerPod, o.AnswerTimeout = 2, 2*time.Second })
	results := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := call(f, pod, "GET", "")
			results <- err
		}()
		<-entered
	}
	if _, err := call(f, pod, "GET", ""); !errors.Is(err, ErrBusy) {
		t.Errorf("one more than its share: %v", err)
	}
	quick := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	listener, err := net.Listen("tcp", "127.0.0.2:"+strings.Split(slow.Listener.Addr().String(), ":")[1])
	if err != nil {
		t.Fatal(err)
	}
	quick.Listener = listener
	quick.Start()
	defer quick.Close()
	if status, err := call(f, fleet.Pod{UID: "other", IP: "127.0.0.2"}, "GET", ""); status != 200 {
		t.Errorf("another pod: %d %v", status, err)
	}
	for range 2 {
		if err := <-results; !errors.Is(err, ErrTimeout) {
			t.Errorf("the pod that hangs: %v", err)
		}
	}
	if _, err := call(f, pod, "GET", ""); !errors.Is(err, ErrTimeout) {
		t.Errorf("places were not given back: %v", err)
	}
}

func TestNoPod(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	f, pod := forwarder(t, address)
	if status, err := call(f, pod, "GET", ""); status != 502 || !errors.Is(err, ErrUnreachable) {
		t.Errorf("nobody listens: %d %v", status, err)
	}
	if status, err := call(f, fleet.Pod{}, "GET", ""); status != 502 || !errors.Is(err, ErrUnreachable) {
		t.Errorf("there is none: %d %v", status, err)
	}
}
