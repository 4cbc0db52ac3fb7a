package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/test/simulator"
)

// A number that was given to somebody else is another account, though it is the
// same number.
func TestANumberThatWasGivenToSomebodyElse(t *testing.T) {
	w := newWorld(t)
	c := w.start()
	c.pairedWith(w.alice, "15550001111")
	hers := w.write(w.bob, w.alice, 5)
	c.has("Alice's messages", hers...)
	if err := w.alice.Unlink(w.ctx); err != nil {
		t.Fatal(err)
	}
	c.restart()
	next := w.srv.GiveNumber("15550001111", "900000000000001", "Dora")
	c.pairedWith(next, "15550001111")
	theirs := w.write(w.bob, next, 3)
	c.has("the next owner's messages", theirs...)
	c.kill()
	c = w.start()
	c.working()
	c.has("the next owner's messages after a crash", theirs...)
}

// A process is killed at each step of a switch from Alice to Carol. Whatever was
// reached, each of them finds her own messages, all of them, once, and no others.
func TestKilledWhileAnotherAccountIsLinked(t *testing.T) {
	for name, step := range map[string]func(c *child, linked <-chan struct{}){
		"the code was scanned":    func(_ *child, linked <-chan struct{}) { <-linked },
		"the switch began":        func(c *child, _ <-chan struct{}) { c.logged("Another account was linked", 1) },
		"her own data was opened": func(c *child, _ <-chan struct{}) { c.logged("msg=Serving", 2) },
		"she is connected":        func(c *child, _ <-chan struct{}) { c.logged("status=WORKING", 2) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			carol := w.srv.AddUser("15550003333", "", "Carol")
			c := w.start()
			c.pairedWith(w.alice, "15550001111")
			hers := w.write(w.bob, w.alice, 3)
			c.has("Alice's messages", hers...)
			if err := w.alice.Unlink(w.ctx); err != nil {
				t.Fatal(err)
			}
			c.restart()
			code := c.code("")
			linked := make(chan struct{})
			go func() {
				defer close(linked)
				_, _ = carol.ScanQR(w.ctx, code) // fails where the kill comes first
			}()
			step(c, linked)
			c.kill()
			<-linked
			c = w.start()
			if len(carol.Companions()) == 0 {
				c.pairedWith(carol, "15550003333")
			}
			c.working()
			theirs := w.write(w.bob, carol, 3)
			c.has("Carol's messages", theirs...)
			if err := carol.Unlink(w.ctx); err != nil {
				t.Fatal(err)
			}
			c.restart()
			c.pairedWith(w.alice, "15550001111")
			c.has("Alice's messages, and only hers", hers...)
		})
	}
}

// logged waits until the log holds a text a number of times.
func (c *child) logged(text string, times int) {
	c.t.Helper()
	c.await(text, func() bool { return strings.Count(c.text(), text) >= times })
}

// Events, files and keys of requests are the account's own. Events that were not
// delivered when another account was linked wait until theirs is back.
func TestNothingOfAnAccountReachesTheNext(t *testing.T) {
	w := newWorld(t)
	carol := w.srv.AddUser("15550003333", "", "Carol")
	hook := newAccountsReceiver(t)
	config := w.config(v1.Config{Session: "test", Webhooks: []v1.Webhook{{
		URL: hook.URL, Events: []string{"message"}, Retries: v1.Retries{Policy: v1.RetryConstant, DelaySeconds: 1, Attempts: 1_000},
	}}})
	c := w.start("--config", config)
	c.pairedWith(w.alice, "15550001111")
	image, err := w.bob.SendImage(w.ctx, w.alice, jpeg, "for Alice")
	if err != nil {
		t.Fatal(err)
	}
	c.has("the image", image)
	file := c.file(image)
	if status := c.get(file, nil); status != http.StatusOK {
		t.Fatalf("GET %s: %d", file, status)
	}
	if status, answer := c.try("/api/sendText", sendText("from Alice"), "Idempotency-Key", "k"); status != http.StatusCreated {
		t.Fatalf("sent as Alice: %d %s", status, answer)
	}
	c.await("the refused event", func() bool { return hook.refused() > 0 })
	if err := w.alice.Unlink(w.ctx); err != nil {
		t.Fatal(err)
	}
	c.restart()

	c.pairedWith(carol, "15550003333")
	hook.take()
	theirs := w.write(w.bob, carol, 2)
	hook.await(c, theirs...)
	if status := c.get(file, nil); status != http.StatusNotFound {
		t.Errorf("Carol's session gives a file of Alice's: %d", status)
	}
	if status, answer := c.try("/api/sendText", sendText("from Carol"), "Idempotency-Key", "k"); status != http.StatusCreated {
		t.Errorf("with a key that Alice used: %d %s", status, answer)
	}
	if _, err := w.bob.Expect(w.ctx, simulator.Text("from Carol")); err != nil {
		t.Error(err)
	}
	if err := carol.Unlink(w.ctx); err != nil {
		t.Fatal(err)
	}
	c.restart()
	c.pairedWith(w.alice, "15550001111")
	hook.await(c, append(theirs, image)...)
	want := map[string]string{image: "15550001111@c.us", theirs[0]: "15550003333@c.us", theirs[1]: "15550003333@c.us"}
	for id, me := range hook.owners() {
		if want[id] != me {
			t.Errorf("event of %s names the account %q, want %q", id, me, want[id])
		}
	}
	if status := c.get(file, nil); status != http.StatusOK {
		t.Errorf("Alice's file is not back: %d", status)
	}
}

// jpeg is enough of an image to be sent.
var jpeg = []byte("\xff\xd8\xff\xe0 not much of an image \xff\xd9")

func sendText(text string) string {
	return fmt.Sprintf(`{"session":"test","chatId":"15550002222","text":%q}`, text)
}

// file is the path of a message's file, fetched.
func (c *child) file(id string) (path string) {
	c.t.Helper()
	c.await("the file", func() bool {
		var rows []struct {
			ID    string
			Media *struct{ URL string }
		}
		c.get("/api/test/chats/all/messages?downloadMedia=true", &rows)
		for _, r := range rows {
			if _, after, ok := strings.Cut(r.ID, id); ok && after == "" && r.Media != nil {
				_, path, _ = strings.Cut(strings.TrimPrefix(r.Media.URL, "http://"), "/")
			}
		}
		return path != ""
	})
	return "/" + path
}

// accountsReceiver is a webhook's other end that refuses events until it is told
// to take them, and notes whose they are.
type accountsReceiver struct {
	*httptest.Server
	mu      sync.Mutex
	takes   bool
	refuses int
	owner   map[string]string
}

func newAccountsReceiver(t *testing.T) *accountsReceiver {
	r := &accountsReceiver{owner: map[string]string{}}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *accountsReceiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return
	}
	var event struct {
		Me      struct{ ID string }
		Payload struct{ ID string }
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := json.Unmarshal(body, &event); err != nil || !r.takes {
		r.refuses++
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	r.owner[strings.Split(event.Payload.ID, "_")[2]] = event.Me.ID
}

func (r *accountsReceiver) take() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.takes = true
}

func (r *accountsReceiver) refused() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.refuses
}

func (r *accountsReceiver) owners() map[string]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	owners := map[string]string{}
	for id, me := range r.owner {
		owners[id] = me
	}
	return owners
}

// await waits until the events of exactly these messages were taken.
func (r *accountsReceiver) await(c *child, ids ...string) {
	c.t.Helper()
	c.await("events", func() bool {
		owners := r.owners()
		for id := range owners {
			if !slices.Contains(ids, id) {
				c.t.Fatalf("an event of %s was delivered, which is another account's", id)
			}
		}
		return len(owners) == len(ids)
	})
}
