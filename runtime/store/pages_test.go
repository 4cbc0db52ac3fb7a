package store

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// liveAccount is an account of 2,000 chats, twenty of which write.
type liveAccount struct {
	t testing.TB
	*Store
	n int
}

func newLiveAccount(t testing.TB) *liveAccount {
	a := &liveAccount{t: t, Store: open(t, Options{Encode: whole})}
	fill(t, a.Store, 2_000, 10)
	return a
}

// receive applies messages as they come, one by one, under LIDs or not.
func (a *liveAccount) receive(messages int, underLIDs bool) {
	a.t.Helper()
	for range messages {
		a.n++
		body := fmt.Sprintf("message %d, of about the usual length of one", a.n)
		m := received(history(1000+a.n%20, 0, nil).Chat.ID, fmt.Sprintf("3EB0%016X", uint64(a.n)*0x9E3779B97F4A7C15), 1_800_000_000+int64(a.n))
		m.Message.Body, m.Message.SenderName, m.Message.Raw = body, "Somebody", []byte("\x0a\x2a"+body+"\x1a\x08\x08\x01")
		if underLIDs {
			m.Message.Arrived = chat.ID(fmt.Sprint(990_000+a.n%20, "@lid"))
		}
		apply(a.t, a.Store, m)
	}
}

// pagesWritten are the pages in the write-ahead log, by table and index.
func (a *liveAccount) pagesWritten() map[string]int {
	a.t.Helper()
	log, err := os.ReadFile(a.path + "-wal")
	if err != nil {
		a.t.Fatal(err)
	}
	rows, err := a.readers.QueryContext(a.t.Context(), `SELECT pageno, name FROM dbstat`)
	if err != nil {
		a.t.Fatal(err)
	}
	defer rows.Close()
	owners := map[uint32]string{}
	for rows.Next() {
		var page uint32
		var owner string
		if err := rows.Scan(&page, &owner); err != nil {
			a.t.Fatal(err)
		}
		owners[page] = owner
	}
	if err := rows.Err(); err != nil {
		a.t.Fatal(err)
	}
	const header, frame = 32, 24 + pageSize
	pages := map[string]int{}
	for at := header; at+frame <= len(log); at += frame {
		pages[owners[binary.BigEndian.Uint32(log[at:])]]++
	}
	return pages
}

func TestAMessageWritesFewPages(t *testing.T) {
	for name, underLIDs := range map[string]bool{"under a phone number": false, "under a LID": true} {
		t.Run(name, func(t *testing.T) {
			a := newLiveAccount(t)
			must(a.Webhook(t.Context(), "a"))(t)
			a.receive(200, underLIDs)
			if err := a.Maintain(t.Context()); err != nil { // empties the log
				t.Fatal(err)
			}
			const messages, most = 600, 7
			a.receive(messages, underLIDs)
			pages, total := a.pagesWritten(), 0
			for _, n := range pages {
				total += n
			}
			t.Logf("%.2f pages a message", float64(total)/messages)
			if total > most*messages {
				var by strings.Builder
				for _, owner := range slices.Sorted(maps.Keys(pages)) {
					fmt.Fprintf(&by, "\n%-30s %.2f", owner, float64(pages[owner])/messages)
				}
				t.Errorf("%.1f pages a message, want at most %d:%s", float64(total)/messages, most, by.String())
			}
		})
	}
}

// Filters see messages from the moment they are written, whatever else is written
// between, and after a restart.
func TestFiltersSeeWhatHasJustArrived(t *testing.T) {
	s := open(t, Options{})
	fromMe, ack := true, chat.AckPending
	ids := []chat.ID{alice, bob, bobLID}
	check := func(when string) {
		t.Helper()
		for _, id := range []chat.ID{"", alice, bob, bobLID} {
			for bits := range 1 << 3 {
				q := chat.MessageQuery{Chat: id, Apart: bits&4 != 0}
				if bits&1 != 0 {
					q.FromMe = &fromMe
				}
				if bits&2 != 0 {
					q.Ack = &ack
				}
				var want []string
				for _, one := range []chat.ID{alice, bob} {
					for _, m := range must(s.Messages(t.Context(), chat.MessageQuery{Chat: one}))(t) {
						p := must(s.find(t.Context(), cmp.Or(id, one)))(t)
						if (q.FromMe == nil || m.FromMe) && (q.Ack == nil || m.Ack == ack) &&
							(p.canonical().id == one) && (id == "" || !q.Apart || m.Arrived == id) {
							want = append(want, m.Stanza)
						}
					}
				}
				got := stanzasOf(t, s, q)
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Fatalf("%s: chat %q, filter %b: %d messages, want %d", when, id, bits, len(got), len(want))
				}
			}
		}
	}
	n := 0
	some := func(count int) {
		for range count {
			n++
			m := received(ids[n%3], fmt.Sprint("L", n), int64(1000+n%50))
			if n%4 == 0 {
				m = sent(ids[n%3], fmt.Sprint("L", n), int64(1000+n%50))
			}
			apply(t, s, m)
		}
	}
	apply(t, s, chat.LIDMapped{LID: bobLID, Phone: bob})
	some(40)
	check("the first")
	some(maxLate)
	check("more than the indexes lack")
	apply(t, s, chat.AckChanged{Chat: alice, Stanzas: []string{"L300", "L288"}, Ack: chat.AckRead}, chat.DeletedForMe{Chat: alice, Stanza: fmt.Sprint("L", n)})
	some(3)
	check("changed and removed")
	importAll(t, s, chat.HistoryChat{Chat: chat.Chat{ID: alice}, Messages: []chat.Message{received(alice, "H1", 5).Message, sent(alice, "H2", 6).Message}})
	some(5)
	check("after an import")
	path := s.path
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, path, Options{})
	some(7)
	check("after a restart")
	if err := s.Apply(t.Context(), received(alice, "X", 1), chat.MessageReceived{Message: chat.Message{Chat: "\xff"}}, nil); err == nil {
		t.Fatal("a change that is none was written")
	}
	some(2)
	check("after a failure")
}
