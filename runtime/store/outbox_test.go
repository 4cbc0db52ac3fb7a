package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// signals writes n events, one per Apply.
func signals(t testing.TB, s *Store, n int) {
	t.Helper()
	for i := range n {
		apply(t, s, chat.Called{Event: chat.EventPresence, ID: fmt.Sprint(i)})
	}
}

func TestEventsAreWrittenWithTheirChangeOrNotAtAll(t *testing.T) {
	var told []bool // of commits: whether there were events
	var fail error
	s := open(t, Options{OnCommit: func(events bool) { told = append(told, events) }, Encode: func(e chat.Event) ([]byte, error) { return []byte(`{}`), fail }})
	fail = errors.New("no words")
	signal := chat.PresenceChanged{Chat: alice}
	if err := s.Apply(t.Context(), received(alice, "A1", 100), signal); !errors.Is(err, fail) {
		t.Errorf("error is %v", err)
	}
	if got := idsOf(t, s, chat.ChatQuery{}); got != nil || told != nil {
		t.Errorf("chats %v, commits %v", got, told)
	}
	fail = nil
	apply(t, s, received(alice, "A1", 100))
	apply(t, s, received(alice, "A1", 100), chat.Muted{Chat: alice, Until: 1})
	if !slices.Equal(told, []bool{true, false}) {
		t.Errorf("commits with events: %v, want the first of two", told)
	}
}

func TestEventIDsGrowAlsoWhenTheClockGoesBack(t *testing.T) {
	c := newClock()
	s := open(t, Options{Now: c.now})
	var many []chat.Change
	for i := range 40 {
		many = append(many, chat.Called{Event: chat.EventPresence, ID: fmt.Sprint(i)})
	}
	apply(t, s, many...)
	c.advance(-time.Hour)
	apply(t, s, many...)
	all := must(s.EventsFrom(t.Context(), 0, 0))(t)
	if len(all) != 80 {
		t.Fatalf("%d events", len(all))
	}
	for i := 1; i < len(all); i++ {
		if all[i].ID <= all[i-1].ID || all[i].Seq <= all[i-1].Seq || all[i].ID != strings.ToLower(all[i].ID) {
			t.Fatalf("%v after %v", all[i], all[i-1])
		}
	}
	if after := must(s.EventsAfter(t.Context(), all[9].ID, 5))(t); len(after) != 5 || after[0].ID != all[10].ID {
		t.Errorf("after the tenth: %v", after)
	}
	if after := must(s.EventsAfter(t.Context(), "", 0))(t); len(after) != 80 {
		t.Errorf("after nothing: %d", len(after))
	}
}

func TestAWebhookGetsWhatHappensAfterItIsThere(t *testing.T) {
	s := open(t, Options{})
	signals(t, s, 3)
	c := must(s.Webhook(t.Context(), "hook"))(t)
	if last := must(s.LastSeq(t.Context()))(t); c.Seq != last || last != 3 {
		t.Errorf("cursor %+v, last %d", c, last)
	}
	signals(t, s, 2)
	c.Attempts, c.RequestID, c.LastError, c.NextAt = 2, "req", "refused", time.UnixMilli(1_900_000_000_123)
	if err := s.Retry(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if got := must(s.Webhook(t.Context(), "hook"))(t); got != c {
		t.Errorf("cursor %+v, want %+v", got, c)
	}
	pending := must(s.Deliveries(t.Context(), chat.DeliveryQuery{State: chat.DeliveryPending}))(t)
	if len(pending) != 2 || pending[0].Attempts != 2 || pending[0].RequestID != "req" || pending[1].Attempts != 0 || pending[1].RequestID != "" || !pending[1].NextAt.IsZero() {
		t.Errorf("pending %+v", pending)
	}
	if err := s.Advance(t.Context(), "hook", c.Seq, c.Seq+1); err != nil {
		t.Fatal(err)
	}
	if err := s.Retry(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if got := must(s.Webhook(t.Context(), "hook"))(t); got != (chat.Cursor{Webhook: "hook", Seq: c.Seq + 1}) {
		t.Errorf("after advancing, a late retry changed %+v", got)
	}
	if err := s.Advance(t.Context(), "nobody", 0, 1); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("error is %v", err)
	}
}

func TestDeadLettersAreKeptAndReplayed(t *testing.T) {
	s := open(t, Options{})
	must(s.Webhook(t.Context(), "a"))(t)
	must(s.Webhook(t.Context(), "b"))(t)
	signals(t, s, 3)
	for _, key := range []string{"a", "b"} {
		for seq := int64(1); seq <= 2; seq++ {
			c := chat.Cursor{Webhook: key, Seq: seq - 1, Attempts: 3, RequestID: fmt.Sprint("req", seq), LastError: "500"}
			if err := s.Deadletter(t.Context(), c, seq); err != nil {
				t.Fatal(err)
			}
			if err := s.Deadletter(t.Context(), c, seq); err != nil { // a crash in between
				t.Fatal(err)
			}
		}
	}
	if c := must(s.Webhook(t.Context(), "a"))(t); c.Seq != 2 || c.Attempts != 0 {
		t.Errorf("cursor %+v", c)
	}
	letters := must(s.Deliveries(t.Context(), chat.DeliveryQuery{Webhook: "a", State: chat.DeliveryFailed}))(t)
	if len(letters) != 2 || letters[0].RequestID != "req1" || letters[0].Attempts != 3 || letters[0].Event.Name != chat.EventPresence || letters[0].FailedAt.IsZero() {
		t.Fatalf("letters %+v", letters)
	}
	if n := must(s.Replay(t.Context(), "", letters[0].ID))(t); n != 1 {
		t.Errorf("%d to be replayed", n)
	}
	if n := must(s.Replay(t.Context(), "a"))(t); n != 1 {
		t.Errorf("%d more of a to be replayed", n)
	}
	replays := must(s.Replays(t.Context(), "a", 10))(t)
	if len(replays) != 2 || replays[0].State != chat.DeliveryReplay {
		t.Fatalf("replays %+v", replays)
	}
	if err := errors.Join(s.SettleReplay(t.Context(), replays[0].ID, ""), s.SettleReplay(t.Context(), replays[1].ID, "again 500")); err != nil {
		t.Fatal(err)
	}
	letters = must(s.Deliveries(t.Context(), chat.DeliveryQuery{Webhook: "a", State: chat.DeliveryFailed}))(t)
	if len(letters) != 1 || letters[0].Attempts != 4 || letters[0].LastError != "again 500" || letters[0].State != chat.DeliveryFailed {
		t.Errorf("letters %+v", letters)
	}
	stats := must(s.OutboxStats(t.Context()))(t)
	if stats.Events != 3 || stats.DeadLetters != 3 || stats.Pending["a"] != 1 || stats.Oldest.IsZero() || stats.Bytes == 0 {
		t.Errorf("stats %+v", stats)
	}
	if err := s.KeepWebhooks(t.Context(), []string{"a"}); err != nil {
		t.Fatal(err)
	}
	if got := must(s.Deliveries(t.Context(), chat.DeliveryQuery{State: chat.DeliveryFailed}))(t); len(got) != 1 {
		t.Errorf("dead letters of a removed webhook: %+v", got)
	}
}

func TestPruningKeepsWhatIsNotSettledUntilTheBound(t *testing.T) {
	c := newClock()
	s := open(t, Options{Now: c.now})
	must(s.Webhook(t.Context(), "a"))(t)
	signals(t, s, 10)
	if err := s.Advance(t.Context(), "a", 0, 4); err != nil {
		t.Fatal(err)
	}
	c.advance(time.Hour)
	signals(t, s, 2)
	rules := chat.OutboxRules{Now: c.now(), Retention: time.Minute}
	if p := must(s.Prune(t.Context(), rules))(t); p != (chat.Pruned{}) {
		t.Errorf("pruned %+v", p)
	}
	if events := must(s.EventsFrom(t.Context(), 0, 0))(t); len(events) != 8 || events[0].Seq != 5 {
		t.Errorf("%d events from %d", len(events), events[0].Seq)
	}
	rules.MaxEvents = 3
	if p := must(s.Prune(t.Context(), rules))(t); p != (chat.Pruned{DeadLetters: 5}) {
		t.Errorf("pruned %+v, want 5 dead letters", p)
	}
	letters := must(s.Deliveries(t.Context(), chat.DeliveryQuery{Webhook: "a", State: chat.DeliveryFailed}))(t)
	if len(letters) != 5 || letters[0].Event.Seq != 5 || letters[0].LastError == "" || len(letters[0].Event.Payload) == 0 {
		t.Errorf("dead letters %+v", letters)
	}
	stats := must(s.OutboxStats(t.Context()))(t)
	if events := must(s.EventsFrom(t.Context(), 0, 0))(t); len(events) != 3 || events[0].Seq != 10 || stats.Events != 3 {
		t.Errorf("events %+v, stats %+v", events, stats)
	}
	if err := s.Advance(t.Context(), "a", 0, 12); err != nil {
		t.Fatal(err)
	}
	must(s.Prune(t.Context(), chat.OutboxRules{Now: c.now().Add(time.Hour)}))(t)
	if letters := must(s.Deliveries(t.Context(), chat.DeliveryQuery{State: chat.DeliveryFailed}))(t); len(letters) != 0 {
		t.Errorf("%d dead letters outlive the retention", len(letters))
	}
	signals(t, s, 1)
	if last := must(s.LastSeq(t.Context()))(t); last != 13 {
		t.Errorf("positions are reused: %d", last)
	}
}
