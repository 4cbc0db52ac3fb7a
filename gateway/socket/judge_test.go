package socket

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/waha"
)

// identity is a caller whose rights change without a word.
type identity struct {
	mu sync.Mutex
	// reads are the sessions that it may read, and asked how often it was asked so.
	reads map[types.NamespacedName]bool
	asked int
	err   error
}

func (i *identity) Name() string { return "user:bot" }

func (i *identity) May(_ context.Context, session types.NamespacedName, call access.Call) (bool, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked++
	return call == listen && i.reads[session], i.err
}

// Might implements access.Caller.
func (i *identity) Might(access.Call) bool { return true }

func (i *identity) Sees(ctx context.Context, session types.NamespacedName) (bool, error) {
	return i.May(ctx, session, listen)
}

func (i *identity) Lists(_ context.Context, session types.NamespacedName) (bool, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return session.Namespace == "crm", i.err
}

// change gives it other rights.
func (i *identity) change(reads ...types.NamespacedName) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.reads, i.asked = map[types.NamespacedName]bool{}, 0
	for _, key := range reads {
		i.reads[key] = true
	}
}

// fail has the API server say nothing of it.
func (i *identity) fail(err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.err = err
}

func (i *identity) timesAsked() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked
}

func (i *identity) Home() string { return "" }

func (i *identity) Admin(context.Context) (bool, error) { return false, nil }

func (i *identity) Scrapes(context.Context) (bool, error) { return false, nil }

// judged starts a client of an identity that follows all sessions, and returns what
// it follows and how it ends.
func (w *world) judged(t *testing.T, i *identity, again func() error) (follows func() string, ended <-chan closing) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	c := w.hub.newClient(ctx, i, Visitor{
		Again:   func(context.Context) (access.Caller, error) { return i, again() },
		Changed: func() <-chan struct{} { return nil },
	})
	c.wish = wish{all: true}
	if err := errors.Join(w.hub.enter(c), c.review(ctx)); err != nil {
		t.Fatal(err)
	}
	ends := make(chan closing, 1)
	go func() { ends <- c.judge(ctx, nil) }()
	t.Cleanup(func() {
		cancel()
		synctest.Wait()
		c.end()
		w.hub.leave(c)
	})
	return func() (names string) {
		synctest.Wait()
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, f := range c.feeds {
			names += f.key.Name
		}
		return names
	}, ends
}

func at(namespace, name string) types.NamespacedName {
	return types.NamespacedName{Namespace: namespace, Name: name}
}

func TestRightsOfIdentitiesAreJudgedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := begin(t)
		for _, name := range []string{"a", "b", "c"} {
			w.set("crm", name, newPod())
		}
		w.set("ops", "d", newPod())
		i := &identity{}
		i.change(at("crm", "a"), at("crm", "b"), at("ops", "d"))
		follows, ended := w.judged(t, i, func() error { return nil })
		if got := follows(); got != "ab" {
			t.Errorf("follows %s of those that it may list and read", got)
		}
		i.change(at("crm", "b"), at("crm", "c"))
		time.Sleep(judgeEvery)
		if got := follows(); got != "bc" {
			t.Errorf("follows %s after its rights have changed", got)
		}
		i.change(at("crm", ""))
		time.Sleep(judgeEvery)
		if got := follows(); got != "abc" || i.timesAsked() != 1 {
			t.Errorf("follows %s with a right to the namespace, for which it was asked %d times", got, i.timesAsked())
		}
		select {
		case end := <-ended:
			t.Errorf("closed with %+v", end)
		default:
		}
	})
}

func TestATokenThatEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := begin(t)
		began := time.Now()
		_, ended := w.judged(t, &identity{}, func() error { return waha.Unauthorized })
		if end := <-ended; end != refused("Unauthorized") || time.Since(began) != judgeEvery {
			t.Errorf("closed with %+v after %v", end, time.Since(began))
		}
	})
}

// While the API server cannot say what an identity may, that holds which it said last,
// for a minute.
func TestTheAPIServerIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := begin(t)
		w.set("crm", "a", newPod())
		i := &identity{}
		i.change(at("crm", "a"))
		follows, ended := w.judged(t, i, func() error { return nil })
		away := func(err error, times int) {
			i.fail(err)
			time.Sleep(time.Duration(times) * judgeEvery)
			synctest.Wait()
		}
		away(errors.New("away"), patience-1)
		away(nil, 1)
		away(errors.New("away"), patience-1)
		if got := follows(); got != "a" || len(ended) != 0 {
			t.Errorf("follows %q, has ended: %v", got, len(ended) != 0)
		}
		began := time.Now()
		if end := <-ended; end != laterAgain || time.Since(began) != judgeEvery {
			t.Errorf("closed with %+v after %v", end, time.Since(began))
		}
	})
}
