package store

import (
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// If the clock goes back a year, no part of the history waits for a year.
func TestHistoryOutlastsTheClock(t *testing.T) {
	c := newClock()
	s := open(t, Options{Now: c.now})
	apply(t, s, chat.HistoryAnnounced{Stanza: "H", Notice: []byte("notice")})
	job := must(s.NextHistoryJob(t.Context()))(t)
	if err := s.FailHistoryJob(t.Context(), job.ID, "no answer", c.now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.NextHistoryJob(t.Context()); err == nil {
		t.Error("it is due immediately")
	}
	c.advance(-366 * 24 * time.Hour)
	if got := must(s.NextHistoryJob(t.Context()))(t); got.ID != job.ID {
		t.Errorf("due is %+v", got)
	}
}

// Events keep their order and their ids increase whichever way the clock steps.
// Nothing is pruned unless the caller's own time says so.
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
			t.Errorf("ids %s, %s do not increase", events[i-1].ID, events[i].ID)
		}
	}
}

// No step of the clock makes the store forget a request's key, or a stanza that
// left no row: a second delivery would then appear twice.
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
				t.Error("a repeated request is sent again")
			}
			steady.advance(25 * time.Hour)
			if !claim("before", "S5") {
				t.Error("the key is still claimed after its day")
			}
		})
	}
}
