package store

import (
	"encoding/json"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// clock is a time that tests set.
type clock struct{ ms atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ms.Store(1_800_000_000_000)
	return c
}

func (c *clock) now() time.Time          { return time.UnixMilli(c.ms.Load()) }
func (c *clock) advance(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// encode encodes the fields that tests look at.
func encode(e chat.Event) ([]byte, error) {
	p := map[string]any{}
	if e.After != nil {
		p["after"], p["ack"], p["body"] = e.After.ID().String(), e.After.Ack, e.After.Body
	}
	if e.Before != nil {
		p["before"], p["was"] = e.Before.ID().String(), e.Before.Body
	}
	if e.Chat != nil {
		p["chat"], p["archived"] = e.Chat.ID, e.Chat.Archived
	}
	switch c := e.Change.(type) {
	case chat.Archived:
		p["policy"] = c.Policy
	case chat.AckChanged:
		p["participant"] = c.Participant
	}
	return json.Marshal(p)
}

func open(t testing.TB, opts Options) *Store {
	t.Helper()
	return reopen(t, filepath.Join(t.TempDir(), "chats.db"), opts)
}

func reopen(t testing.TB, path string, opts Options) *Store {
	t.Helper()
	if opts.Encode == nil {
		opts.Encode = encode
	}
	s, err := Open(t.Context(), path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func apply(t testing.TB, s *Store, changes ...chat.Change) {
	t.Helper()
	if err := s.Apply(t.Context(), changes...); err != nil {
		t.Fatal(err)
	}
}

// must returns the value of a call that cannot fail here.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// received returns a text from somebody else in a direct chat.
func received(id chat.ID, stanza string, ts int64) chat.MessageReceived {
	return chat.MessageReceived{Message: chat.Message{
		Chat: id, Arrived: id, Stanza: stanza, Timestamp: ts, Ack: chat.AckDevice, Type: chat.TypeText, Body: "body of " + stanza,
	}}
}

// sent returns a text of the account itself.
func sent(id chat.ID, stanza string, ts int64) chat.MessageReceived {
	m := received(id, stanza, ts)
	m.Message.FromMe, m.Message.Ack = true, chat.AckPending
	return m
}

// inGroup returns a text of a group's member.
func inGroup(group, member chat.ID, stanza string, ts int64) chat.MessageReceived {
	m := received(group, stanza, ts)
	m.Message.Participant = member
	return m
}

func chatOf(t testing.TB, s *Store, id chat.ID) chat.Chat {
	t.Helper()
	return must(s.Chat(t.Context(), id))(t)
}

// stanzasOf returns the stanza ids of a query's page.
func stanzasOf(t testing.TB, s *Store, q chat.MessageQuery) []string {
	t.Helper()
	var ids []string
	for _, m := range must(s.Messages(t.Context(), q))(t) {
		ids = append(ids, m.Stanza)
	}
	return ids
}

// idsOf returns the ids of a list of chats.
func idsOf(t testing.TB, s *Store, q chat.ChatQuery) []chat.ID {
	t.Helper()
	var ids []chat.ID
	for _, c := range must(s.Chats(t.Context(), q))(t) {
		ids = append(ids, c.ID)
	}
	return ids
}

// eventNames returns the names of the events in the outbox.
func eventNames(t testing.TB, s *Store) []string {
	t.Helper()
	var names []string
	for _, e := range must(s.EventsFrom(t.Context(), 0, 0))(t) {
		names = append(names, e.Name)
	}
	return names
}
