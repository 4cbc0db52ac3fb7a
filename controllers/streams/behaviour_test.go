package streams

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/types"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/controllers/runtimeclient"
)

// bubble starts a manager in a synctest bubble.
func bubble(t *testing.T, buffer int) *fixture {
	t.Helper()
	f := &fixture{pods: newPods(), events: make(chan Event, buffer), ended: make(chan struct{})}
	f.Manager = NewManager(Options{Follower: f.pods, Events: f.events})
	ctx, stop := context.WithCancel(t.Context())
	f.stop = stop
	go func() {
		defer close(f.ended)
		_ = f.Start(ctx)
	}()
	return f
}

func (f *fixture) end() {
	f.stop()
	<-f.ended
}

// drain returns how many events have arrived.
func (f *fixture) drain() int {
	synctest.Wait()
	n := 0
	for {
		select {
		case <-f.events:
			n++
		default:
			return n
		}
	}
}

func status(phase runtimev1.Phase, message string) runtimev1.Status {
	return runtimev1.Status{Phase: phase, Message: message}
}

func TestSinceIsWhenTheStateOfTheStreamBegan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := bubble(t, 100)
		defer f.end()
		begin := time.Now()
		pod := f.follow(t, sales, "pod-1")
		expect := func(what string, since time.Duration) {
			t.Helper()
			f.drain()
			if seen, _ := f.Get(sales); seen.Since.Sub(begin) != since {
				t.Errorf("%s: since %s, want %s", what, seen.Since.Sub(begin), since)
			}
		}
		expect("followed", 0)
		time.Sleep(time.Second)
		pod.Lost(runtimeclient.ErrUnreachable)
		expect("not open at the first attempt", time.Second)
		time.Sleep(time.Second)
		pod.Lost(runtimeclient.ErrUnreachable)
		expect("not open yet", time.Second)
		time.Sleep(time.Second)
		pod.Status(status(runtimev1.PhaseStarting, ""))
		expect("opened", 3*time.Second)
		time.Sleep(time.Second)
		pod.Status(status(runtimev1.PhaseWorking, ""))
		expect("still open", 3*time.Second)
		time.Sleep(time.Second)
		pod.Lost(runtimeclient.ErrSilent)
		expect("lost", 5*time.Second)
		time.Sleep(time.Second)
		pod.Lost(runtimeclient.ErrUnreachable)
		expect("lost all the same", 5*time.Second)
		time.Sleep(time.Second)
		pod.Status(status(runtimev1.PhaseWorking, ""))
		expect("open again", 7*time.Second)
	})
}

// Reports become events in a burst, and then at a limited rate.
func TestTheLimitOfEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := bubble(t, 1000)
		defer f.end()
		pod := f.follow(t, sales, "pod-1")
		for i := range 100 {
			pod.Status(status(runtimev1.PhaseWorking, fmt.Sprint(i)))
		}
		if got := f.drain(); got != eventBurst {
			t.Errorf("%d events come at once, want %d", got, eventBurst)
		}
		if seen, _ := f.Get(sales); seen.Status.Message != fmt.Sprint(eventBurst-1) {
			t.Errorf("shown is report %s, not that of the last event", seen.Status.Message)
		}
		time.Sleep(eventEvery)
		if got := f.drain(); got != 1 {
			t.Errorf("%d events come with the next turn", got)
		}
		if seen, _ := f.Get(sales); seen.Status.Message != "99" {
			t.Errorf("shown is report %s, want the newest", seen.Status.Message)
		}
		time.Sleep(time.Minute)
		if got := f.drain(); got != 0 {
			t.Errorf("%d events without a change", got)
		}
		// A session that was quiet can use the whole burst again.
		for range 3 {
			pod.Lost(runtimeclient.ErrEnded)
			pod.Status(status(runtimev1.PhaseWorking, "back"))
		}
		if got := f.drain(); got != 6 {
			t.Errorf("%d events for 6 changes", got)
		}
	})
}

// Counters change with every message: they are seen by whoever asks, and ask nobody.
func TestCountersAreNotTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := bubble(t, 100)
		defer f.end()
		pod := f.follow(t, sales, "pod-1")
		say := func(unread, pending int) {
			pod.Status(runtimev1.Status{
				Phase: runtimev1.PhaseWorking, Chats: runtimev1.ChatCounts{Unread: unread}, History: runtimev1.HistoryStatus{Pending: pending},
			})
		}
		say(0, 9)
		f.drain()
		for i := range 100 {
			time.Sleep(time.Second)
			say(i+1, 8)
			if got := f.drain(); got != 0 {
				t.Fatalf("after %d messages there are %d events", i+1, got)
			}
			if seen, _ := f.Get(sales); seen.Status.Chats.Unread != i+1 {
				t.Fatalf("%d are unread after %d messages", seen.Status.Chats.Unread, i+1)
			}
		}
		time.Sleep(time.Hour)
		if got := f.drain(); got != 0 {
			t.Errorf("counters caused %d events in the end", got)
		}
		say(101, 8)
		say(102, 0) // the last of history
		if got := f.drain(); got != 1 {
			t.Errorf("the end of history caused %d events", got)
		}
	})
}

// A controller that is behind delays the pods' reports, never loses the latest,
// and does not block shutdown.
func TestAControllerThatIsBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := bubble(t, 0)
		pod := f.follow(t, sales, "pod-1")
		told := make(chan struct{})
		go func() {
			defer close(told)
			pod.Status(status(runtimev1.PhaseStarting, "one"))
			pod.Status(status(runtimev1.PhaseWorking, "two"))
		}()
		synctest.Wait()
		select {
		case <-told:
			t.Fatal("reports were accepted before their events were received")
		default:
		}
		for _, want := range []string{"one", "two"} {
			if seen, _ := f.Get(sales); seen.Status.Message != want {
				t.Errorf("shown is %q, want %q", seen.Status.Message, want)
			}
			<-f.events
			synctest.Wait()
		}
		<-told
		go pod.Status(status(runtimev1.PhaseFailed, "three"))
		synctest.Wait()
		f.end() // with an event that nobody receives
	})
}

func TestAnotherAddressIsAnotherStream(t *testing.T) {
	f := start(t)
	f.Ensure(sales, Target{PodUID: "pod-1", BaseURL: "http://a"})
	receive(t, f.pods.opened)
	f.Ensure(sales, Target{PodUID: "pod-1", BaseURL: "http://b"})
	if got := receive(t, f.pods.opened); got != "http://b" {
		t.Errorf("opened %s", got)
	}
	if got := receive(t, f.pods.closed); got != "http://a" {
		t.Errorf("closed %s", got)
	}
}

func TestSessionsDoNotMix(t *testing.T) {
	f := start(t)
	other := types.NamespacedName{Namespace: "support", Name: "sales"}
	one, two := f.follow(t, sales, "pod-1"), f.follow(t, other, "pod-2")
	one.Status(status(runtimev1.PhaseWorking, ""))
	f.expectEvent(t, sales)
	two.Status(status(runtimev1.PhaseFailed, ""))
	f.expectEvent(t, other)
	f.Stop(other)
	if got := receive(t, f.pods.closed); got != "http://pod-2" {
		t.Errorf("closed %s", got)
	}
	if seen, ok := f.Get(sales); !ok || seen.Status.Phase != runtimev1.PhaseWorking {
		t.Errorf("the remaining stream: %+v, %v", seen, ok)
	}
	if followed, open := f.Count(); followed != 1 || open != 1 {
		t.Errorf("Count() = %d, %d", followed, open)
	}
}

func TestCountTellsOpenFromClosed(t *testing.T) {
	f := start(t)
	expect := func(followed, open int) {
		t.Helper()
		if a, b := f.Count(); a != followed || b != open {
			t.Errorf("Count() = %d, %d; want %d, %d", a, b, followed, open)
		}
	}
	expect(0, 0)
	pod := f.follow(t, sales, "pod-1")
	expect(1, 0)
	pod.Status(status(runtimev1.PhaseWorking, ""))
	expect(1, 1)
	pod.Lost(errors.New("x"))
	expect(1, 0)
	f.Stop(sales)
	expect(0, 0)
}

// A replica opens no streams before it leads, and then only those still wanted.
func TestAReplicaThatDoesNotLead(t *testing.T) {
	p := newPods()
	m := NewManager(Options{Follower: p, Events: make(chan Event, 1)})
	if !m.NeedLeaderElection() {
		t.Error("every replica would follow every pod")
	}
	m.Ensure(sales, Target{PodUID: "pod-1", BaseURL: "http://pod-1"})
	m.Ensure(sales, Target{PodUID: "pod-2", BaseURL: "http://pod-2"})
	gone := types.NamespacedName{Name: "gone"}
	m.Ensure(gone, Target{PodUID: "pod-3", BaseURL: "http://pod-3"})
	m.Stop(gone)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = m.Start(ctx)
	}()
	if got := receive(t, p.opened); got != "http://pod-2" {
		t.Errorf("opened %s, want pod-2 alone", got)
	}
	stop()
	receive(t, ended)
	if len(p.opened) != 0 {
		t.Errorf("opened %s as well", <-p.opened)
	}
	if _, ok := m.Get(sales); ok {
		t.Error("what was said is still known after the end")
	}
}

func TestTheTokenIsTheTargets(t *testing.T) {
	tokens := make(chan string, 1)
	m := NewManager(Options{Follower: followerFunc(func(ctx context.Context, _ string, token runtimeclient.TokenSource, _ runtimeclient.Observer) {
		secret, _ := token(ctx)
		tokens <- secret
	}), Events: make(chan Event, 1)})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	m.Ensure(sales, Target{PodUID: "pod-1", Token: func(context.Context) (string, error) { return "for pod-1", nil }})
	go func() { _ = m.Start(ctx) }()
	if got := receive(t, tokens); got != "for pod-1" {
		t.Errorf("the token is %q", got)
	}
}

type followerFunc func(context.Context, string, runtimeclient.TokenSource, runtimeclient.Observer)

func (f followerFunc) Follow(ctx context.Context, url string, token runtimeclient.TokenSource, observer runtimeclient.Observer) {
	f(ctx, url, token, observer)
}

// counters are the fields of a report that change with every message or are not
// shown. All others cause an event immediately.
var counters = map[string]bool{
	"Session":     true, // never changes
	"Since":       true, // changes with the phase
	"Me.JID":      true, // not shown
	"Chats.Total": true, "Chats.Archived": true, "Chats.Unread": true,
	"History.Imported": true,
}

// Fails when a field is added to the report but not to significant.
func TestEveryFieldIsToldOrCounted(t *testing.T) {
	found := 0
	var walk func(of reflect.Type, path string, way []int)
	walk = func(of reflect.Type, path string, way []int) {
		for i := range of.NumField() {
			field, next := of.Field(i), append(way[:len(way):len(way)], i)
			inner := field.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct && inner != reflect.TypeFor[time.Time]() {
				walk(inner, path+field.Name+".", next)
				continue
			}
			found++
			before, after := filled(), filled()
			change(t, reflect.ValueOf(&after).Elem(), next)
			if got, want := significant(&before, &after), !counters[path+field.Name]; got != want {
				t.Errorf("a change of %s%s is significant: %v, want %v", path, field.Name, got, want)
			}
		}
	}
	walk(reflect.TypeFor[runtimev1.Status](), "", nil)
	if found < 30 {
		t.Errorf("only %d fields were found", found)
	}
}

func filled() runtimev1.Status {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return runtimev1.Status{
		RetryAt: &at, Me: &runtimev1.Me{}, Storage: &runtimev1.StorageStatus{},
		Archive: &runtimev1.ArchiveStatus{LastRunTime: &at, NextRunTime: &at},
	}
}

// change changes the value of a field.
func change(t *testing.T, value reflect.Value, way []int) {
	t.Helper()
	for _, i := range way {
		if value.Kind() == reflect.Pointer {
			value = value.Elem()
		}
		value = value.Field(i)
	}
	at := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	switch field := value.Addr().Interface().(type) {
	case *time.Time:
		*field = at
		return
	case **time.Time:
		*field = &at
		return
	case *[]string:
		*field = []string{"1@g.us"}
		return
	}
	switch value.Kind() {
	case reflect.String:
		value.SetString("other")
	case reflect.Bool:
		value.SetBool(!value.Bool())
	case reflect.Int:
		value.SetInt(value.Int() + 1)
	default:
		t.Fatalf("this test cannot change a %s", value.Type())
	}
}
