package store

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// The pieces add up to the page, whatever their size and the query, even while
// new messages arrive.
func TestAPageInPiecesIsThePage(t *testing.T) {
	s := open(t, Options{})
	fromMe, ack := false, chat.AckDevice
	until := int64(1040)
	var changes []chat.Change
	for i := range 60 {
		m := chat.Message{
			Chat: "111@c.us", Arrived: "111@c.us", Stanza: fmt.Sprint("M", i), FromMe: i%3 == 0, Timestamp: 1000 + int64(i/4),
			Ack: chat.AckDevice, Type: chat.TypeText, Body: strings.Repeat("x", i*100),
		}
		if i%5 == 0 {
			m.Chat, m.Arrived = "7@lid", "7@lid"
		}
		changes = append(changes, chat.MessageReceived{Message: m})
	}
	changes = append(changes, chat.LIDMapped{LID: "7@lid", Phone: "111@c.us"})
	if err := s.Apply(t.Context(), changes...); err != nil {
		t.Fatal(err)
	}
	queries := map[string]chat.MessageQuery{
		"all": {}, "one chat": {Chat: "111@c.us"}, "a LID": {Chat: "7@lid", Apart: true}, "ascending": {Chat: "111@c.us", Reverse: true},
		"limited": {Chat: "111@c.us", Limit: 17, Offset: 5}, "one": {Limit: 1}, "filtered": {Chat: "111@c.us", FromMe: &fromMe, Ack: &ack, Limit: 30},
		"until": {Until: &until, Limit: 40, Reverse: true}, "beyond": {Offset: 1000}, "nobody": {Chat: "999@c.us"},
	}
	for what, q := range queries {
		want, err := s.Messages(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, bytes := range []int{1, 2000, 1 << 30} {
			var got []string
			next := s.MessagePage(q)
			for more := true; more; {
				var piece []chat.Message
				if piece, more, err = next(t.Context(), bytes); err != nil {
					t.Fatal(err)
				}
				for i := range piece {
					got = append(got, piece[i].ID().String())
				}
				if len(piece) > 1 && bytes == 1 {
					t.Errorf("%s: a piece of %d", what, len(piece))
				}
			}
			if len(got) != len(want) {
				t.Fatalf("%s in pieces of %d: %d messages, want %d", what, bytes, len(got), len(want))
			}
			for i := range want {
				if id := want[i].ID().String(); id != got[i] {
					t.Errorf("%s in pieces of %d: number %d is %s, want %s", what, bytes, i, got[i], id)
				}
			}
		}
	}
	next := s.MessagePage(chat.MessageQuery{Chat: "111@c.us"})
	seen := map[string]bool{}
	for n, more := 0, true; more; n++ {
		piece, goOn, err := next(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		for i := range piece {
			if seen[piece[i].Stanza] {
				t.Errorf("%s came twice", piece[i].Stanza)
			}
			seen[piece[i].Stanza] = true
		}
		more = goOn
		newer := chat.Message{Chat: "111@c.us", Arrived: "111@c.us", Stanza: fmt.Sprint("N", n), Timestamp: 5000, Type: chat.TypeText}
		if err := s.Apply(t.Context(), chat.MessageReceived{Message: newer}); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != 60 {
		t.Errorf("%d messages, want the 60 there were", len(seen))
	}
}
