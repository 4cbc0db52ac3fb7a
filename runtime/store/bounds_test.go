package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// verbatim encodes an event as the id of its call.
func verbatim(e chat.Event) ([]byte, error) {
	if c, ok := e.Change.(chat.Called); ok {
		return []byte(c.ID), nil
	}
	return whole(e)
}

// large writes n numbered events of a size whose payloads do not compress.
func large(t *testing.T, s *Store, first, n, size int) {
	t.Helper()
	for i := first; i < first+n; i++ {
		apply(t, s, chat.Called{Event: chat.EventPresence, ID: fmt.Sprintf("%04d%s", i, randomText(size-4))})
	}
}

func lettersOf(t *testing.T, s *Store) []chat.Delivery {
	t.Helper()
	return must(s.Deliveries(t.Context(), chat.DeliveryQuery{State: chat.DeliveryFailed}))(t)
}

// One event over the limit costs one event. Nothing is lost until the dead
// letters fill their half; then the oldest go, one by one.
func TestBoundsInBytesTakeNoMoreThanTheyMust(t *testing.T) {
	s := open(t, Options{Encode: verbatim})
	must(s.Webhook(t.Context(), "a"))(t)
	const size, half = 10_000, 20
	rules := chat.OutboxRules{Now: time.Now(), Retention: time.Hour, MaxBytes: 2 * half * (size + letterOverhead)}
	var total chat.Pruned
	for i := range 3 * half {
		large(t, s, i, 1, size)
		p := must(s.Prune(t.Context(), rules))(t)
		total.DeadLetters += p.DeadLetters
		total.Lost += p.Lost
		events, letters := must(s.EventsFrom(t.Context(), 0, 0))(t), lettersOf(t, s)
		wantEvents := min(i+1, half)
		wantLetters := min(i+1-wantEvents, half)
		if len(events) != wantEvents || len(letters) != wantLetters || total.Lost != int64(i+1-wantEvents-wantLetters) {
			t.Fatalf("after %d events: %d are left, %d dead letters, %d lost", i+1, len(events), len(letters), total.Lost)
		}
		if s.Overfull(rules) {
			t.Fatalf("still beyond its bounds after %d events", i+1)
		}
	}
	if first := lettersOf(t, s)[0]; string(first.Event.Payload[:4]) != fmt.Sprintf("%04d", half) {
		t.Errorf("the oldest dead letter is %s", first.Event.Payload[:4])
	}
	if total.DeadLetters != 2*half || total.Lost != half {
		t.Errorf("pruned %+v", total)
	}
}

// A much lower limit is reached in many steps, and dead letters never exceed
// theirs for longer than one step.
func TestABoundThatIsLowered(t *testing.T) {
	s := open(t, Options{Encode: verbatim})
	must(s.Webhook(t.Context(), "a"))(t)
	large(t, s, 0, 60, 300_000)
	rules := chat.OutboxRules{Now: time.Now(), Retention: time.Hour, MaxBytes: 4_000_000}
	p := must(s.Prune(t.Context(), rules))(t)
	events, letters := must(s.EventsFrom(t.Context(), 0, 0))(t), lettersOf(t, s)
	if len(events) != 6 || len(letters) != 6 || p.DeadLetters != 54 || p.Lost != 48 {
		t.Errorf("%d events, %d dead letters, pruned %+v", len(events), len(letters), p)
	}
	for i, l := range letters {
		if want := fmt.Sprintf("%04d", 48+i); string(l.Event.Payload[:4]) != want {
			t.Errorf("dead letter %d is %s, want %s", i, l.Event.Payload[:4], want)
		}
	}
}

// Attempts are counted per event: the next event starts at zero.
func TestAttemptsGoWithTheEventThatIsGivenUp(t *testing.T) {
	s := open(t, Options{Encode: verbatim})
	must(s.Webhook(t.Context(), "a"))(t)
	large(t, s, 0, 5, 10)
	tried := chat.Cursor{Webhook: "a", Attempts: 14, RequestID: "r", LastError: "the receiver answered 500", NextAt: time.Now().Add(time.Hour)}
	if err := s.Retry(t.Context(), tried); err != nil {
		t.Fatal(err)
	}
	must(s.Prune(t.Context(), chat.OutboxRules{Now: time.Now(), Retention: time.Hour, MaxEvents: 3}))(t)
	if c := must(s.Webhook(t.Context(), "a"))(t); c != (chat.Cursor{Webhook: "a", Seq: 2}) {
		t.Errorf("the cursor is %+v", c)
	}
	letters := lettersOf(t, s)
	if len(letters) != 2 || letters[0].Attempts != 14 || letters[0].RequestID != "r" || !strings.Contains(letters[0].LastError, "500") {
		t.Errorf("dead letters %+v", letters)
	}
	if letters[1].Attempts != 0 || letters[1].LastError != fullOutbox {
		t.Errorf("the second is %+v", letters[1])
	}
}

// An event delivered while it becomes a dead letter is not one, and is not
// tried again; for a webhook that has not got it, it stays one.
func TestAnEventThatIsDeliveredAfterAllIsNoDeadLetter(t *testing.T) {
	s := open(t, Options{Encode: verbatim})
	must(s.Webhook(t.Context(), "a"))(t)
	must(s.Webhook(t.Context(), "b"))(t)
	large(t, s, 0, 4, 10)
	must(s.Prune(t.Context(), chat.OutboxRules{Now: time.Now(), Retention: time.Hour, MaxEvents: 2}))(t)
	before := s.letterBytes.Load()
	if err := s.Advance(t.Context(), "a", 0, 1); err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, l := range lettersOf(t, s) {
		left = append(left, fmt.Sprint(l.Webhook, l.Event.Seq))
	}
	if fmt.Sprint(left) != "[b1 a2 b2]" || s.letterBytes.Load() != before-10-letterOverhead {
		t.Errorf("dead letters %v", left)
	}
	if c := must(s.Webhook(t.Context(), "a"))(t); c.Seq != 2 {
		t.Errorf("the cursor went back to %d", c.Seq)
	}
}

// The counters always match the database: a counter that drifts would prune too
// early, or let the volume fill up.
func TestBytesAreCountedAsTheyAre(t *testing.T) {
	s := open(t, Options{Encode: verbatim})
	must(s.Webhook(t.Context(), "a"))(t)
	must(s.Webhook(t.Context(), "b"))(t)
	check := func(when string) {
		t.Helper()
		events, bytes, letters := s.events.Load(), s.bytes.Load(), s.letterBytes.Load()
		var e, b int64
		if err := s.read.QueryRowContext(t.Context(), outboxTotals, eventOverhead).Scan(&e, &b); err != nil {
			t.Fatal(err)
		}
		if err := s.loadOutbox(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.counted(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.events.Add(-events) // counted once more
		s.bytes.Add(-bytes)
		if e != s.events.Load() || b != s.bytes.Load() {
			t.Errorf("%s: counted %d events and %d bytes anew, want %d and %d", when, s.events.Load(), s.bytes.Load(), e, b)
		}
		if l := s.letterBytes.Load(); e != events || b != bytes || l != letters {
			t.Errorf("%s: counted %d events, %d and %d bytes; there are %d, %d and %d", when, events, bytes, letters, e, b, l)
		}
	}
	large(t, s, 0, 10, 100)
	apply(t, s, received(bob, "A", 10), received(bob, "B", 11))
	check("written")
	for range 2 {
		if err := s.Deadletter(t.Context(), chat.Cursor{Webhook: "a"}, 1); err != nil {
			t.Fatal(err)
		}
	}
	check("given up twice")
	must(s.Prune(t.Context(), chat.OutboxRules{Now: time.Now(), Retention: time.Hour, MaxEvents: 4}))(t)
	check("pruned by number")
	apply(t, s, chat.ChatCleared{Chat: bob})
	check("made whole")
	must(s.Prune(t.Context(), chat.OutboxRules{Now: time.Now(), Retention: time.Hour, MaxBytes: 1000}))(t)
	check("pruned by bytes")
	if err := s.SettleReplay(t.Context(), lettersOf(t, s)[0].ID, ""); err != nil {
		t.Fatal(err)
	}
	check("replayed")
	if err := s.KeepWebhooks(t.Context(), []string{"b"}); err != nil {
		t.Fatal(err)
	}
	check("a webhook less")
	must(s.Prune(t.Context(), chat.OutboxRules{Now: time.Now().Add(2 * time.Hour), Retention: time.Hour}))(t)
	check("pruned by age")
}
