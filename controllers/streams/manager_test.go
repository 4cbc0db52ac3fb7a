package streams

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/controllers/runtimeclient"
)

// pods is a Follower whose streams the test drives.
type pods struct {
	mu        sync.Mutex
	observers map[string]runtimeclient.Observer // by address
	opened    chan string
	closed    chan string
}

func newPods() *pods {
	return &pods{
		observers: map[string]runtimeclient.Observer{},
		opened:    make(chan string, 10_000), closed: make(chan string, 10_000),
	}
}

func (p *pods) Follow(ctx context.Context, baseURL string, _ runtimeclient.TokenSource, observer runtimeclient.Observer) {
	p.mu.Lock()
	p.observers[baseURL] = observer
	p.mu.Unlock()
	p.opened <- baseURL
	<-ctx.Done()
	p.closed <- baseURL
}

func (p *pods) at(baseURL string) runtimeclient.Observer {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.observers[baseURL]
}

type fixture struct {
	*Manager
	pods   *pods
	events chan Event
	stop   context.CancelFunc
	ended  chan struct{}
}

func start(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{pods: newPods(), events: make(chan Event, 10_000), ended: make(chan struct{})}
	f.Manager = NewManager(Options{Follower: f.pods, Events: f.events})
	ctx, stop := context.WithCancel(t.Context())
	f.stop = stop
	go func() {
		defer close(f.ended)
		_ = f.Start(ctx)
	}()
	t.Cleanup(func() {
		stop()
		receive(t, f.ended)
	})
	return f
}

func (f *fixture) follow(t *testing.T, key types.NamespacedName, pod string) runtimeclient.Observer {
	t.Helper()
	f.Ensure(key, Target{PodUID: pod, BaseURL: "http://" + pod})
	if got := receive(t, f.pods.opened); got != "http://"+pod {
		t.Fatalf("opened %s, want %s", got, pod)
	}
	return f.pods.at("http://" + pod)
}

func (f *fixture) expectEvent(t *testing.T, key types.NamespacedName) {
	t.Helper()
	if got := receive(t, f.events); got.Object != key {
		t.Errorf("event is of %s, want %s", got.Object, key)
	}
}

func (f *fixture) expectQuiet(t *testing.T) {
	t.Helper()
	select {
	case e := <-f.events:
		t.Errorf("an event of %s arrived", e.Object)
	default:
	}
}

var sales = types.NamespacedName{Namespace: "crm", Name: "sales"}

func TestReportsBecomeObservationsAndEvents(t *testing.T) {
	f := start(t)
	pod := f.follow(t, sales, "pod-1")
	if seen, ok := f.Get(sales); !ok || seen.Open || seen.Status != nil || seen.PodUID != "pod-1" {
		t.Errorf("before any report: %+v, %v", seen, ok)
	}
	pod.Status(runtimev1.Status{Phase: runtimev1.PhaseStarting})
	f.expectEvent(t, sales)
	pod.Status(runtimev1.Status{Phase: runtimev1.PhaseWorking})
	f.expectEvent(t, sales)
	seen, _ := f.Get(sales)
	if !seen.Open || seen.Status.Phase != runtimev1.PhaseWorking {
		t.Errorf("after the reports: %+v", seen)
	}
	if followed, open := f.Count(); followed != 1 || open != 1 {
		t.Errorf("Count() = %d, %d", followed, open)
	}
}

func TestALostStreamKeepsWhatItSaid(t *testing.T) {
	f := start(t)
	pod := f.follow(t, sales, "pod-1")
	pod.Lost(runtimeclient.ErrUnreachable) // it was not open: nothing has changed
	f.expectQuiet(t)
	pod.Status(runtimev1.Status{Phase: runtimev1.PhaseWorking})
	f.expectEvent(t, sales)

	pod.Lost(runtimeclient.ErrEnded)
	f.expectEvent(t, sales)
	pod.Lost(runtimeclient.ErrUnreachable)
	f.expectQuiet(t)
	seen, _ := f.Get(sales)
	if seen.Open || seen.Status == nil || seen.Refused {
		t.Errorf("after the loss: %+v", seen)
	}
	pod.Lost(fmt.Errorf("attempt: %w", runtimeclient.ErrUnauthorized))
	f.expectEvent(t, sales)
	if seen, _ := f.Get(sales); !seen.Refused {
		t.Error("the refusal of the token is not seen")
	}
	pod.Status(runtimev1.Status{Phase: runtimev1.PhaseWorking})
	f.expectEvent(t, sales) // open again, though nothing else changed
	if seen, _ := f.Get(sales); !seen.Open || seen.Refused {
		t.Errorf("after it came back: %+v", seen)
	}
}

func TestEnsureIsIdempotentForOnePodAndReplacesForAnother(t *testing.T) {
	f := start(t)
	old := f.follow(t, sales, "pod-1")
	f.Ensure(sales, Target{PodUID: "pod-1", BaseURL: "http://pod-1"})
	f.follow(t, sales, "pod-2")
	if got := receive(t, f.pods.closed); got != "http://pod-1" {
		t.Errorf("closed %s, want pod-1", got)
	}
	// Late reports of the old pod are ignored.
	old.Status(runtimev1.Status{Phase: runtimev1.PhaseFailed})
	if seen, _ := f.Get(sales); seen.PodUID != "pod-2" || seen.Status != nil {
		t.Errorf("after the replacement: %+v", seen)
	}
}

func TestStopForgets(t *testing.T) {
	f := start(t)
	f.follow(t, sales, "pod-1")
	f.Stop(sales)
	f.Stop(sales)
	receive(t, f.pods.closed)
	if _, ok := f.Get(sales); ok {
		t.Error("a stopped stream is still known")
	}
}

func TestStreamsWaitForTheManagerAndEndWithIt(t *testing.T) {
	p := newPods()
	m := NewManager(Options{Follower: p, Events: make(chan Event)}) // nobody drains the events
	m.Ensure(sales, Target{PodUID: "pod-1", BaseURL: "http://pod-1"})
	select {
	case <-p.opened:
		t.Fatal("a stream opened before the manager started")
	default:
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = m.Start(ctx)
	}()
	receive(t, p.opened)
	told := make(chan struct{})
	go func() {
		defer close(told)
		p.at("http://pod-1").Status(runtimev1.Status{})
	}()
	stop()
	receive(t, told) // an event that nobody receives does not block the end
	receive(t, p.closed)
	receive(t, ended)
	m.Ensure(sales, Target{PodUID: "pod-1", BaseURL: "http://pod-1"})
	if len(p.opened) != 0 {
		t.Error("a stream opened after the manager ended")
	}
}

func TestThousandsOfStreamsAreCheap(t *testing.T) {
	const sessions = 5000
	f := start(t)
	before := heap()
	for i := range sessions {
		f.Ensure(types.NamespacedName{Namespace: "crm", Name: fmt.Sprint(i)}, Target{PodUID: fmt.Sprint(i), BaseURL: fmt.Sprint(i)})
	}
	for range sessions {
		receive(t, f.pods.opened)
	}
	each := (heap() - before) / sessions
	t.Logf("%d bytes of heap and stacks for each of %d streams", each, sessions)
	if each > 16<<10 {
		t.Errorf("a stream without its connection costs %d bytes", each)
	}
	if followed, _ := f.Count(); followed != sessions {
		t.Errorf("%d streams are followed", followed)
	}
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc + stats.StackInuse
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
