package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wasession/wasession/test/simulator/history"
)

// TestKilledUnderAStreamOfMessages kills the process again and again while
// messages arrive, directly and in a group. Whatever WhatsApp was told had
// arrived is there, and in the end everything is.
func TestKilledUnderAStreamOfMessages(t *testing.T) {
	const kills = 8
	t.Parallel()
	w := newWorld(t)
	g := w.srv.AddGroup("Lunch", w.alice, w.bob)
	c := w.start()
	c.pair()
	companion := w.alice.Companion()

	stop := make(chan struct{})
	stream := &sentIDs{}
	streaming := make(chan error)
	go func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				streaming <- nil
				return
			case <-time.After(2 * time.Millisecond):
			}
			send := func() (string, error) { return w.bob.SendText(w.ctx, w.alice, fmt.Sprintf("message %d", i)) }
			if i%3 == 0 {
				send = func() (string, error) { return w.bob.SendGroupText(w.ctx, g, fmt.Sprintf("message %d", i)) }
			}
			id, err := send()
			if err != nil {
				streaming <- err
				return
			}
			stream.add(id)
		}
	}()
	for range kills {
		if err := companion.WaitConnected(w.ctx); err != nil {
			t.Fatal(err)
		}
		// At a moment that differs each time, in the middle of the stream.
		<-time.After(100*time.Millisecond + rand.N(300*time.Millisecond))
		c.kill()
		// The phone's own messages, keys and the like, are acknowledged as well.
		acked := slices.DeleteFunc(companion.Acked(), func(id string) bool { return !stream.has(id) })
		c = w.start()
		stored := c.ids()
		for _, id := range acked {
			if !stored[id] {
				t.Errorf("%s was acknowledged and is not there", id)
			}
		}
	}
	close(stop)
	if err := <-streaming; err != nil {
		t.Fatal(err)
	}
	ids := stream.all()
	c.working()
	if err := companion.WaitAcked(w.ctx, ids...); err != nil {
		t.Fatal(err)
	}
	stored := c.ids()
	missing := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return stored[id] })
	if len(missing) > 0 {
		t.Errorf("%d of %d messages are missing: %v", len(missing), len(ids), missing[:min(len(missing), 5)])
	}
	t.Logf("%d kills, %d messages", kills, len(ids))
}

// TestKilledInTheMiddleOfTheHistory kills the process while it imports: none
// of the history is lost, none of it is there twice.
func TestKilledInTheMiddleOfTheHistory(t *testing.T) {
	const kills, chats, messages = 6, 200, 20_000
	t.Parallel()
	w := newWorld(t)
	account := history.NewAccount(history.Spec{
		Seed: 7, Chats: chats, Messages: messages, Chunks: 8, Now: time.Now(), Span: 100 * 24 * time.Hour,
		OwnPN: w.alice.PN(), OwnLID: w.alice.LID(),
	})
	if err := w.alice.Populate(w.ctx, account); err != nil {
		t.Fatal(err)
	}
	c := w.start()
	c.pair()
	for range kills {
		<-time.After(50*time.Millisecond + rand.N(250*time.Millisecond))
		c.kill()
		c = w.start()
	}
	c.await("the whole history", func() bool { return c.holds(messages) && len(c.ids()) == messages })
	var rows []struct{ ID string }
	c.get("/api/test/chats?limit=1000", &rows)
	if len(rows) != chats {
		t.Errorf("%d chats, want %d", len(rows), chats)
	}
}

// sentIDs are the messages sent so far.
type sentIDs struct {
	mu  sync.Mutex
	ids []string
}

func (s *sentIDs) add(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids = append(s.ids, id)
}

func (s *sentIDs) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.ids)
}

func (s *sentIDs) has(id string) bool { return slices.Contains(s.all(), id) }
