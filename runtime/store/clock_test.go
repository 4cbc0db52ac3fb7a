package store

import (
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// A clock that goes back a year does not keep a part of the history waiting for
// a year.
func TestHistoryOutlastsTheClock(t *testing.T) {
	c := newClock()
	s := open(t, Options{Now: c.now})
	apply(t, s, chat.HistoryAnnounced{Stanza: "H", Notice: []byte("notice")})
	job := must(s.NextHistoryJob(t.Context()))(t)
	if err := s.FailHistoryJob(t.Context(), job.ID, "no answer", c.now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.NextHistoryJob(t.Context()); err == nil {
		t.Error("it is due at once")
	}
	c.advance(-366 * 24 * time.Hour)
	if got := must(s.NextHistoryJob(t.Context()))(t); got.ID != job.ID {
		t.Errorf("due is %+v", got)
	}
}

// Events keep their order and their ids grow, whichever way the clock steps, and
// nothing is pruned by a step that the caller's own time does not make.
func TestTheOutboxOutlastsTheClock(t *testing.T) {
	c := newClock()
	s := open(t, Options{Now: c.now})
	steady := c.now()
	must(s.Webhook(t.Context(), "a"))(t)
	for _, step := range []time.Duration{0, 366 * 24 * time.Hour, -2 * 366 * 24 * time.Hour, 366 * 24 * time.Hour} {
		c.advance(step)
		signals(t, s, 2)
	}
	if err := s.Advance(t.Context(), "a", 0, 2); err != nil {
		t.Fatal(err)
	}
	must(s.Prune(t.Context(), chat.OutboxRules{Now: steady, Retention: time.Hour}))(t)
	events := must(s.EventsFrom(t.Context(), 0, 0))(t)
	if len(events) != 8 {
		t.Fatalf("%d events are left, want 8", len(events))
	}
	for i := 1; i < len(events); i++ {
		if events[i].ID <= events[i-1].ID {
			t.Errorf("ids %s, %s do not grow", events[i-1].ID, events[i].ID)
		}
	}
}

// A clock that steps either way makes no request's key and no stanza that left no
// row forgotten: what came twice would be there twice.
func TestWhatCameOnceOutlastsTheClock(t *testing.T) {
	for _, step := range []time.Duration{366 * 24 * time.Hour, -366 * 24 * time.Hour} {
		t.Run(step.String(), func(t *testing.T) {
			c, steady := newClock(), newClock()
			s := open(t, Options{Now: c.now, Steady: steady.now})
			claim := func(key, stanza string) bool {
				_, isNew, err := s.ClaimSend(t.Context(), chat.SendKey{Key: key, Fingerprint: "f", Stanza: stanza})
				if err != nil {
					t.Fatal(err)
				}
				return isNew
			}
			claim("before", "S1")
			apply(t, s, received(alice, "A1", 100), chat.DeletedForMe{Chat: alice, Stanza: "A1"})
			c.advance(step)
			claim("after", "S2")
			if err := s.Maintain(t.Context()); err != nil {
				t.Fatal(err)
			}
			apply(t, s, received(alice, "A1", 100))
			if page := must(s.Messages(t.Context(), chat.MessageQuery{Chat: alice}))(t); len(page) != 0 {
				t.Errorf("a message that was deleted is back: %+v", page)
			}
			c.advance(-step)
			if claim("before", "S3") || claim("after", "S4") {
				t.Error("a request that comes again is sent again")
			}
			steady.advance(25 * time.Hour)
			if !claim("before", "S5") {
				t.Error("the key is still held when its day is over")
			}
		})
	}
}
