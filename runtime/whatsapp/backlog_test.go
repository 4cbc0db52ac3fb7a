package whatsapp

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"

	"github.com/wasession/wasession/runtime/chat"
)

func tagged(tag, id string) *waBinary.Node {
	return &waBinary.Node{Tag: tag, Attrs: waBinary.Attrs{"id": id}}
}

// fill receives n messages, m0 being the first, and returns how long reading
// waited.
func fill(b *backlog, n int) time.Duration {
	began := time.Now()
	for i := range n {
		b.received(tagged("message", fmt.Sprint("m", i)))
	}
	return time.Since(began)
}

func TestReadingWaitsForHandling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBacklog()
		if waited := fill(b, backlogWindow-1); waited != 0 {
			t.Errorf("reading waited %s with room left", waited)
		}
		go func() {
			time.Sleep(time.Millisecond)
			b.sent(tagged("receipt", "m0"))
		}()
		began := time.Now()
		b.received(tagged("message", "full"))
		if waited := time.Since(began); waited != time.Millisecond {
			t.Errorf("reading waited %s, want until a message is handled", waited)
		}
		b.sent(tagged("receipt", fmt.Sprint("m", backlogWindow-2)))
		began = time.Now()
		b.received(tagged("message", "later"))
		if waited := time.Since(began); waited != 0 {
			t.Errorf("reading waited %s after all was handled", waited)
		}
	})
}

// The answer that the handling of a message waits for may be behind the messages
// that wait: reading goes on, slowly.
func TestReadingNeverStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBacklog()
		fill(b, backlogWindow-1)
		began := time.Now()
		b.received(tagged("message", "over"))
		if waited := time.Since(began); waited != shortWait {
			t.Errorf("reading waited %s, want %s", waited, shortWait)
		}
		began = time.Now()
		for _, tag := range []string{"iq", "ack", "presence", "ib"} {
			b.received(tagged(tag, "1"))
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("reading waited %s for what is not queued", waited)
		}
		fill(b, backlogFull-backlogWindow)
		began = time.Now()
		b.received(tagged("message", "almost full"))
		if waited := time.Since(began); waited != longWait {
			t.Errorf("reading waited %s before the queue is full, want %s", waited, longWait)
		}
	})
}

func TestWhatABacklogForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, handle := range map[string]func(*backlog){
			"a stanza that is not acknowledged before one that is": func(b *backlog) {
				b.sent(tagged("receipt", fmt.Sprint("m", backlogWindow-2)))
			},
			"an earlier connection": func(b *backlog) { b.received(tagged("success", "")) },
		} {
			b := newBacklog()
			fill(b, backlogWindow-1)
			handle(b)
			if waiting, _ := b.add("next"); waiting != 1 {
				t.Errorf("%s: %d wait, want 1", name, waiting)
			}
			if len(b.places) != 1 {
				t.Errorf("%s: %d ids are remembered, want 1", name, len(b.places))
			}
		}
	})
}

// Senders choose the ids of messages. One that comes twice does not make what is
// between count as handled.
func TestTwoStanzasWithOneID(t *testing.T) {
	b := newBacklog()
	for _, id := range []string{"same", "a", "b", "same", "c"} {
		b.add(id)
	}
	for _, step := range []struct {
		handled string
		left    int
	}{{"same", 4}, {"a", 3}, {"same", 3}, {"unknown", 3}, {"c", 0}} {
		b.sent(tagged("receipt", step.handled))
		if got := len(b.queued); got != step.left {
			t.Errorf("after %q %d wait, want %d", step.handled, got, step.left)
		}
	}
	if len(b.places) != 0 {
		t.Errorf("%d ids are remembered of none that wait", len(b.places))
	}
}

// A session that was away gets everything at once, more than whatsmeow's queue
// holds, and handles it in order.
func TestALongAbsence(t *testing.T) {
	var log lockedLog
	l := paired(t, func(o *Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	l.received("before")
	l.close(l.Account)
	companion := l.alice.Companion()
	texts := make([]string, 3000)
	for i := range texts {
		texts[i] = fmt.Sprint("away ", i)
	}
	l.srv.Faults().DeliverAtOnce(true)
	ids, err := l.bob.SendMany(l.ctx, l.alice, texts)
	if err != nil {
		t.Fatal(err)
	}
	// While the first message is stored, reading could go far ahead.
	var slow sync.Once
	l.failing(func(...chat.Change) error {
		slow.Do(func() { time.Sleep(500 * time.Millisecond) })
		return nil
	})
	l.open()
	if err := companion.WaitAcked(l.ctx, ids...); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range all[chat.MessageReceived](l.recorder) {
		if c.Message.Body != "before" {
			got = append(got, c.Message.Body)
		}
	}
	if !slices.Equal(got, texts) {
		t.Errorf("%d messages are stored of %d, or not in order", len(got), len(texts))
	}
	if log.contains("queue is full") {
		t.Error("whatsmeow's queue was full")
	}
}

// lockedLog is a log that can be written and read by several goroutines.
type lockedLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedLog) contains(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), text)
}
