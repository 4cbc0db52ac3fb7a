package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
)

// service connects clients to one of two replicas, as a Service does: new connections
// go to those that are ready, and old ones stay where they are.
type service struct {
	replicas [2]*replica
	leaving  atomic.Bool // the first has been told to end
	next     atomic.Int64
}

func (s *service) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	var dialer net.Dialer
	if !s.leaving.Load() && s.next.Add(1)%2 == 0 {
		if conn, err := dialer.DialContext(ctx, network, s.replicas[0].address); err == nil {
			return conn, nil
		}
	}
	return dialer.DialContext(ctx, network, s.replicas[1].address)
}

// sent counts how often each message was sent by the pod.
type sent struct {
	mu    sync.Mutex
	times map[string]int
}

func (s *sent) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var message struct{ ID string }
	if err := json.NewDecoder(r.Body).Decode(&message); err != nil {
		return
	}
	s.mu.Lock()
	s.times[message.ID]++
	s.mu.Unlock()
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, `{}`)
}

// A replica that is told to end under load loses no request, and one that is killed
// has no request carried out twice.
func TestAReplicaEndsUnderLoad(t *testing.T) {
	binary := buildGateway(t)
	for name, c := range map[string]struct {
		signal syscall.Signal
		// loses says that requests under way may fail.
		loses bool
	}{"SIGTERM": {signal: syscall.SIGTERM}, "SIGKILL": {signal: syscall.SIGKILL, loses: true}} {
		t.Run(name, func(t *testing.T) {
			space := namespace(t)
			pod := &sent{times: map[string]int{}}
			serve(t, session(t, space, "sales", v1alpha1.PhaseWorking), pod)
			key := rawKey(t, map[string]string{access.EntryNamespaces: space})
			s := &service{}
			for i := range s.replicas {
				s.replicas[i] = startReplica(t, binary, "--drain-delay", "2s")
				d := &door{t: t, url: "http://" + s.replicas[i].address}
				awaitAnswer(t, d.url)
				d.await("the pod", func() reply {
					return d.do(key, "POST", "/api/sendText", fmt.Sprintf(`{"session":"sales","id":"first-%d"}`, i))
				}, is(http.StatusCreated))
			}
			l := &load{t: t, key: key, client: &http.Client{Transport: &http.Transport{DialContext: s.dial, MaxIdleConnsPerHost: senders}}, answered: map[string]bool{}}
			stop := l.start(t.Context())
			l.await(500)
			s.leaving.Store(true)
			s.replicas[0].signal(c.signal)
			err := <-s.replicas[0].ended
			s.replicas[0].ended <- err
			l.await(500)
			stop()

			if !c.loses && err != nil {
				t.Errorf("the replica ended with %v", err)
			}
			if !c.loses && len(l.failed) > 0 {
				t.Errorf("%d requests failed: %v", len(l.failed), l.failed[0])
			}
			for id, times := range pod.times {
				if times > 1 {
					t.Errorf("%s was sent %d times", id, times)
				}
			}
			for id := range l.answered {
				if pod.times[id] != 1 {
					t.Errorf("%s was answered, and sent %d times", id, pod.times[id])
				}
			}
		})
	}
}

// awaitAnswer waits until something listens.
func awaitAnswer(t *testing.T, url string) {
	t.Helper()
	(&door{t: t, url: url}).await("the gateway", func() reply {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/ping", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			return reply{}
		}
		_ = response.Body.Close()
		return reply{status: response.StatusCode}
	}, is(http.StatusOK))
}

// senders is how many clients send at once.
const senders = 16

// load sends messages without a pause, each once.
type load struct {
	t      *testing.T
	key    string
	client *http.Client

	mu       sync.Mutex
	answered map[string]bool
	failed   []error
}

// start sends until the function that it returns is called.
func (l *load) start(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var done sync.WaitGroup
	for i := range senders {
		done.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				l.send(fmt.Sprintf("message-%d-%d", i, n))
			}
		})
	}
	return func() { cancel(); done.Wait() }
}

func (l *load) send(id string) {
	r, err := http.NewRequestWithContext(l.t.Context(), http.MethodPost, "http://gateway.test/api/sendText", strings.NewReader(fmt.Sprintf(`{"session":"sales","id":%q}`, id)))
	if err != nil {
		l.t.Error(err)
		return
	}
	r.Header.Set("X-Api-Key", l.key)
	r.Header.Set("Content-Type", "application/json")
	response, err := l.client.Do(r)
	if err == nil {
		_, err = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		if err == nil && response.StatusCode != http.StatusCreated {
			err = fmt.Errorf("%s: %s", id, response.Status)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.failed = append(l.failed, err)
		return
	}
	l.answered[id] = true
}

// await waits until that many more messages were answered.
func (l *load) await(more int) {
	l.t.Helper()
	count := func() int {
		l.mu.Lock()
		defer l.mu.Unlock()
		return len(l.answered)
	}
	want := count() + more
	(&door{t: l.t}).await("answers", func() reply { return reply{status: count()} }, func(r reply) bool { return r.status >= want })
}
