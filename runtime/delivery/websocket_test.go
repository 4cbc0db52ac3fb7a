package delivery

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/wasession/wasession/api/chathttp"
	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/httpapi/auth"
)

// serve serves the fixture's socket; the key is "k".
func (f *fixture) serve(writeTimeout ...time.Duration) (url string) {
	server := httptest.NewServer(&Socket{
		Dispatcher: f.dispatcher, Session: "default", WriteTimeout: append(writeTimeout, 0)[0],
		Authorize: func(r *http.Request, _ time.Time) bool { return r.URL.Query().Get("x-api-key") == "k" },
	})
	f.t.Cleanup(server.Close)
	return strings.Replace(server.URL, "http", "ws", 1)
}

func dial(t *testing.T, url string) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.CloseNow() })
	return conn
}

type message struct {
	ID      string `json:"id"`
	Event   string `json:"event"`
	Payload int    `json:"payload"`
}

func read(t *testing.T, conn *websocket.Conn) message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, data, err := conn.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var m message
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// connected waits until so many sockets are listening.
func (f *fixture) connected(n int) {
	until(f.t, "the connection", func() bool {
		f.dispatcher.mu.Lock()
		defer f.dispatcher.mu.Unlock()
		return len(f.dispatcher.wakes) == n
	})
}

func TestSocketStreamsWhatIsAskedFor(t *testing.T) {
	f := newFixture(t)
	conn := dial(t, f.serve()+"?x-api-key=k&session=*&events=message,chat.archive")
	f.emit("presence.update", 1, 2)
	f.emit("message", 3, 1)
	f.emit("chat.archive", 4, 1)
	for _, want := range []message{{Event: "message", Payload: 3}, {Event: "chat.archive", Payload: 4}} {
		got := read(t, conn)
		if got.Event != want.Event || got.Payload != want.Payload {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestSocketResumesAfterTheLastEventSeen(t *testing.T) {
	f := newFixture(t)
	url := f.serve() + "?x-api-key=k"
	conn := dial(t, url)
	f.emit("message", 1, 3)
	last := read(t, conn)
	conn.CloseNow()
	f.emit("message", 4, 100)
	conn = dial(t, url+"&lastEventId="+last.ID)
	for want := 2; want <= 103; want++ {
		if got := read(t, conn); got.Payload != want {
			t.Fatalf("got event %d, want %d", got.Payload, want)
		}
	}
	f.emit("message", 104, 1)
	if got := read(t, conn); got.Payload != 104 {
		t.Errorf("live after resuming: got %d, want 104", got.Payload)
	}
}

// The answer that opens a websocket says what a client has that misses nothing.
func TestSocketNamesTheNewestEvent(t *testing.T) {
	f := newFixture(t)
	url := f.serve() + "?x-api-key=k"
	newest := func() string {
		conn, answer, err := websocket.Dial(t.Context(), url, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.CloseNow()
		return answer.Header.Get(v1.LastEventHeader)
	}
	if got := newest(); got != v1.NoEvent {
		t.Errorf("without events: %q", got)
	}
	conn := dial(t, url)
	f.connected(1)
	for i := 1; i <= 3; i++ {
		f.emit("message", i, 1)
		if got, want := newest(), read(t, conn).ID; got != want || got <= v1.NoEvent {
			t.Errorf("after event %d: %q, want %q", i, got, want)
		}
	}
	if _, err := f.store.Prune(t.Context(), chat.OutboxRules{Now: time.Now().Add(time.Hour), Retention: time.Minute}); err != nil {
		t.Fatal(err)
	}
	if got := newest(); got != v1.NoEvent {
		t.Errorf("after all were pruned: %q", got)
	}
}

func TestSocketRefusals(t *testing.T) {
	f := newFixture(t)
	url := f.serve()
	for query, reason := range map[string]string{
		"?x-api-key=wrong":           "Unauthorized",
		"":                           "Unauthorized",
		"?x-api-key=k&session=other": "Session does not exist",
		"?x-api-key=k&events=,":      "events must be event names or *",
	} {
		conn := dial(t, url+query)
		_, _, err := conn.Read(t.Context())
		var closed websocket.CloseError
		if got := websocket.CloseStatus(err); got != websocket.StatusPolicyViolation {
			t.Errorf("%q: closed with %v (%v), want 1008", query, got, err)
		}
		if asClose(err, &closed); closed.Reason != reason {
			t.Errorf("%q: reason %q, want %q", query, closed.Reason, reason)
		}
	}
}

func TestSocketEndsWithItsClient(t *testing.T) {
	f := newFixture(t)
	conn := dial(t, f.serve()+"?x-api-key=k")
	f.connected(1)
	if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Fatal(err)
	}
	f.connected(0)
}

// A reader that takes nothing is closed, while another gets everything.
func TestASlowReaderIsDroppedAlone(t *testing.T) {
	f := newFixture(t)
	dial(t, f.serve(time.Second)+"?x-api-key=k") // never reads
	fast := dial(t, f.serve()+"?x-api-key=k")
	f.connected(2)
	big := strings.Repeat("x", 512<<10)
	go func() {
		for range 24 {
			if err := f.store.Apply(t.Context(), called("message", big)); err != nil {
				return
			}
		}
	}()
	fast.SetReadLimit(4 << 20)
	for range 24 {
		if _, _, err := fast.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	f.connected(1)
}

// A connection ends with its key: idle, in the middle of a stream, and only its own.
func TestSocketEndsWithItsKey(t *testing.T) {
	f := newFixture(t)
	ring := auth.NewKeyring(auth.Plain("a"), auth.Plain("b"))
	server := httptest.NewServer(&Socket{
		Dispatcher: f.dispatcher, Session: "default", Changed: ring.Changed,
		Authorize: func(r *http.Request, _ time.Time) bool { _, ok := ring.Find(chathttp.Secret(r)); return ok },
	})
	t.Cleanup(server.Close)
	url := strings.Replace(server.URL, "http", "ws", 1)
	idle, kept := dial(t, url+"?x-api-key=a"), dial(t, url+"?x-api-key=b")
	f.connected(2)
	ring.Replace([]auth.Key{auth.Plain("b")})
	_, _, err := idle.Read(t.Context())
	if websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("the connection of a revoked key: %v", err)
	}
	f.emit("message", 1, 1)
	if m := read(t, kept); m.Event != "message" {
		t.Errorf("the other got %+v", m)
	}
	// A change that leaves the key, and one that takes it away.
	ring.Replace([]auth.Key{auth.Plain("c"), auth.Plain("b")})
	f.emit("message", 2, 1)
	read(t, kept)
	off := auth.Plain("b")
	off.IsActive = false
	ring.Replace([]auth.Key{off})
	f.emit("message", 3, 1)
	for {
		_, _, err = kept.Read(t.Context())
		if err != nil {
			break
		}
	}
	if websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("the connection of a key that was switched off: %v", err)
	}
}

// Whoever opened a connection with a token that has expired since keeps it: it is
// judged by when it came.
func TestASocketIsJudgedByWhenItCame(t *testing.T) {
	f := newFixture(t)
	ring, judged := auth.NewKeyring(), make(chan time.Time, 2)
	server := httptest.NewServer(&Socket{
		Dispatcher: f.dispatcher, Session: "default", Changed: ring.Changed,
		Authorize: func(_ *http.Request, came time.Time) bool { judged <- came; return true },
	})
	t.Cleanup(server.Close)
	conn := dial(t, strings.Replace(server.URL, "http", "ws", 1))
	f.connected(1)
	came := <-judged
	ring.Recheck()
	if again := <-judged; !again.Equal(came) {
		t.Errorf("it came at %s, and is judged by %s", came, again)
	}
	f.emit("message", 1, 1)
	read(t, conn)
}
