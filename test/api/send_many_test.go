package api

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/wasession/wasession/test/simulator"
)

// Texts that are sent one after the other arrive in their order, those that are
// sent at once arrive once each; the rates are told for the record.
func TestManySends(t *testing.T) {
	w := paired(t)
	w.send("/api/sendText", to(bobChat, m{"text": "warm up"}))
	const each, clients = 200, 8
	began := time.Now()
	for i := range each {
		w.send("/api/sendText", to(bobChat, m{"text": fmt.Sprint("in order ", i)}))
	}
	t.Logf("one client: %.0f texts/s", each/time.Since(began).Seconds())

	began = time.Now()
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			for i := range each / clients {
				body := to(bobChat, m{"text": fmt.Sprintf("at once %d %d", c, i)})
				if status, answer := w.call("POST", "/api/sendText", body); status != http.StatusCreated {
					t.Errorf("%d %s", status, answer)
				}
			}
		})
	}
	all.Wait()
	t.Logf("%d clients: %.0f texts/s", clients, each/time.Since(began).Seconds())

	w.received(w.bob, w.send("/api/sendText", to(bobChat, m{"text": "after all others"})))
	next, seen := 0, map[string]int{}
	for _, r := range w.bob.Inbox() {
		if r.Kind != simulator.KindMessage {
			continue
		}
		seen[r.Text()]++
		if next < each && r.Text() == fmt.Sprint("in order ", next) {
			next++
		}
	}
	if next != each {
		t.Errorf("out of order after %d", next)
	}
	if len(seen) != 2+2*each {
		t.Errorf("Bob has %d texts, want %d", len(seen), 2+2*each)
	}
	for text, n := range seen {
		if n != 1 {
			t.Errorf("%q arrived %d times", text, n)
		}
	}
}
