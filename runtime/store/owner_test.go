package store

import (
	"path/filepath"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// A database that holds anything of an account is not mistaken for one that was
// never linked.
func TestWhoseADatabaseIs(t *testing.T) {
	const alice, bob, team = "15550001111@c.us", "15550002222@c.us", "1203@g.us"
	own := func(stanza string, participant chat.ID) chat.Change {
		return chat.MessageReceived{Message: chat.Message{
			Chat: team, Arrived: team, Stanza: stanza, FromMe: true, Participant: participant, Timestamp: 1, Type: chat.TypeText, Body: "x",
		}}
	}
	for name, c := range map[string]struct {
		changes []chat.Change
		owner   chat.ID
		empty   bool
	}{
		"nothing":                    {empty: true},
		"events of the session":      {changes: []chat.Change{chat.StatusChanged{Session: "s"}}, empty: true},
		"a contact":                  {changes: []chat.Change{chat.ContactNamed{ID: bob, Name: "Bob"}}},
		"history that is to come":    {changes: []chat.Change{chat.HistoryAnnounced{Stanza: "A", Notice: []byte("notice")}}},
		"own messages in a group":    {changes: []chat.Change{own("A", alice), own("B", alice)}, owner: alice},
		"own messages of two people": {changes: []chat.Change{own("A", alice), own("B", bob)}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "chats.db")
			s, err := Open(t.Context(), path, Options{Encode: encode})
			if err != nil {
				t.Fatal(err)
			}
			for _, change := range c.changes {
				if err := s.Apply(t.Context(), change); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if owner, empty, err := Owner(t.Context(), path); owner != c.owner || empty != c.empty || err != nil {
				t.Errorf("it is of %q, empty %t, %v; want %q, %t", owner, empty, err, c.owner, c.empty)
			}
		})
	}
}
