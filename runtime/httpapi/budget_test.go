package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"
)

// large gives the store chats of one text of some size each, and as many more in
// the first chat.
func (s *server) large(n, size int) {
	s.t.Helper()
	body := strings.Repeat("x", size)
	for i := range n {
		apart, together := text(person(i), fmt.Sprint("A", i), testNow+int64(i)), text("111@c.us", fmt.Sprint("B", i), testNow+int64(i))
		apart.Body, together.Body = body, body
		s.apply(received(apart), received(together))
	}
}

// Four clients ask for all of many large texts at once. What is in memory is a
// few pieces, not the pages.
func TestPagesOfLargeTextsTakeLittleMemory(t *testing.T) {
	const clients, rows, size = 4, 40, 256 << 10
	s := newServer(t)
	s.large(rows, size)
	address := "http://" + s.listen()
	for _, path := range []string{"/api/default/chats/111/messages?limit=100", "/api/default/chats/111/messages?limit=0", "/api/default/chats/overview?limit=1000", "/v2/chats/overview?instance_id=default&limit=0"} {
		peak := heapPeak(func() {
			var all sync.WaitGroup
			for range clients {
				all.Go(func() {
					got, err := countRows(t, address+path)
					if want := rows; err != nil || got != want && got != want+1 {
						t.Errorf("%s: %d rows, %v", path, got, err)
					}
				})
			}
			all.Wait()
		})
		t.Logf("%s: heap peak %d MiB while %d MiB were answered", path, peak>>20, clients*rows*size>>20)
		if peak > 24<<20 {
			t.Errorf("%s: %d MiB of heap", path, peak>>20)
		}
	}
	if !s.budget.free.TryAcquire(pageBytes) {
		t.Error("some of the budget is still held")
	}
}

// countRows asks for a list and counts its rows without keeping them.
func countRows(t *testing.T, url string) (n int, err error) {
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("X-Api-Key", testKey)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	// Decoding takes ten times as long under the race detector.
	mark, buf, kept := []byte(`"body":"`), make([]byte, 64<<10), 0
	for {
		read, err := resp.Body.Read(buf[kept:])
		seen := buf[:kept+read]
		n += bytes.Count(seen, mark)
		if errors.Is(err, io.EOF) {
			if !bytes.HasSuffix(seen, []byte("]")) {
				return n, io.ErrUnexpectedEOF
			}
			return n, nil
		}
		if err != nil {
			return n, err
		}
		kept = copy(buf, seen[max(0, len(seen)-len(mark)+1):])
	}
}

// heapPeak is the most that was live in the heap, over what was before.
func heapPeak(do func()) int64 {
	defer debug.SetGCPercent(debug.SetGCPercent(10)) // what is garbage does not count
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, peak := int64(m.HeapAlloc), int64(0)
	done := make(chan struct{})
	go func() { do(); close(done) }()
	for {
		runtime.ReadMemStats(&m)
		peak = max(peak, int64(m.HeapAlloc)-before)
		select {
		case <-done:
			return peak
		case <-time.After(time.Millisecond):
		}
	}
}

// An overview whose last messages do not fit into one piece is the same as any.
func TestOverviewOfLargeMessagesIsWhole(t *testing.T) {
	s := newServer(t)
	s.large(40, 40<<10)
	for _, query := range []string{"limit=0", "limit=1000", "limit=1000&merge=false", "limit=41"} {
		var rows []struct {
			ID          string
			LastMessage *struct{ ID, Body string }
		}
		s.get("/api/default/chats/overview?"+query, &rows)
		if len(rows) != 41 {
			t.Fatalf("%s: %d rows", query, len(rows))
		}
		for _, row := range rows {
			if row.LastMessage == nil || len(row.LastMessage.Body) != 40<<10 || !strings.Contains(row.LastMessage.ID, row.ID) {
				t.Errorf("%s: %s has %v", query, row.ID, row.LastMessage)
			}
		}
	}
}

// While all of the budget is held a request waits, and is told to come again.
func TestPagesWaitForTheBudget(t *testing.T) {
	s := newServer(t)
	s.people(3)
	patience := s.budget.wait
	s.budget.wait = 10 * time.Millisecond
	if !s.budget.free.TryAcquire(pageBytes) {
		t.Fatal("the budget is held")
	}
	answers := make(chan int)
	for _, path := range []string{"/api/default/chats/all/messages", "/api/default/chats/overview"} {
		go func() {
			w := s.request("GET", path, "")
			if w.Code == http.StatusServiceUnavailable && w.Header().Get("Retry-After") == "" {
				t.Errorf("%s: no Retry-After", path)
			}
			answers <- w.Code
		}()
	}
	for range 2 {
		if code := <-answers; code != http.StatusServiceUnavailable {
			t.Errorf("answer %d", code)
		}
	}
	s.budget.wait = patience
	s.budget.free.Release(pageBytes)
	s.get("/api/default/chats/all/messages", nil)
}

// A client that takes nothing is cut, and what it held is free again.
func TestAClientThatTakesNothingIsCut(t *testing.T) {
	s := newServer(t)
	s.patience = time.Second
	s.large(1, 24<<20) // one piece, more than the buffers of a connection
	c, err := net.Dial("tcp", s.listen())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := fmt.Fprintf(c, "GET /api/default/chats/111/messages?limit=0 HTTP/1.1\r\nHost: x\r\nX-Api-Key: %s\r\n\r\n", testKey); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	// Without a cut this waits for the test's end.
	if err := s.budget.free.Acquire(t.Context(), pageBytes); err != nil {
		t.Fatal(err)
	}
}
