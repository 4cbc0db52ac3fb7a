package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/test/simulator"
)

// limited writes a configuration with so many messages a minute into a file.
func (w *world) limited(file string, perMinute int) {
	w.t.Helper()
	encoded, err := json.Marshal(v1.Config{Session: "test", Sending: &v1.Sending{PerMinute: perMinute}})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(file, encoded, 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// accept sends a text that is accepted with an ack.
func (c *child) accept(text, ack string) {
	c.t.Helper()
	var sent struct{ AckName string }
	status, answer := c.try("/api/sendText", fmt.Sprintf(`{"session":"test","chatId":"15550002222","text":%q}`, text))
	if err := json.Unmarshal(answer, &sent); err != nil || status != http.StatusCreated || sent.AckName != ack {
		c.t.Fatalf("%s: %d %s, want %s", text, status, answer, ack)
	}
}

// waiting is how many messages wait, and how many of them were tried.
func (c *child) waiting() (n, tried int) {
	c.t.Helper()
	var plan struct{ Waiting []struct{ Tried bool } }
	c.get("/api/test/sending", &plan)
	for _, m := range plan.Waiting {
		if m.Tried {
			tried++
		}
	}
	return len(plan.Waiting), tried
}

// texts are those at Bob's phone in order, as its owner sees them: one for each
// message ID.
func (w *world) texts() (all []string) {
	seen := map[string]bool{}
	for _, r := range w.bob.Inbox() {
		if r.Kind == simulator.KindMessage && !seen[r.ID] {
			seen[r.ID] = true
			all = append(all, r.Text())
		}
	}
	return all
}

// killInDoubt lets what waits be sent, and kills the process while WhatsApp has a text
// and has not answered. It returns the ID of its message.
func (w *world) killInDoubt(c *child, file, text string) string {
	w.t.Helper()
	w.bob.SetAutoReceipts(false)
	answer := w.srv.Faults().Drop(func(s simulator.Stanza) bool {
		return s.Direction == simulator.ToClient && s.Node.Tag == "ack"
	})
	w.limited(file, 100)
	got, err := w.bob.Expect(w.ctx, simulator.Text(text))
	if err != nil {
		w.t.Fatal(err)
	}
	c.kill()
	answer()
	return got.ID
}

// What waits is on the disk: a process that is killed loses none of it, and sends none
// of it twice.
func TestWhatWaitsSurvivesAKill(t *testing.T) {
	w := newWorld(t)
	file := filepath.Join(t.TempDir(), "config.json")
	w.limited(file, 1)
	c := w.start("--config", file)
	c.pair()
	c.accept("one", "SERVER")
	c.accept("two", "PENDING")
	c.accept("three", "PENDING")
	c.kill()

	c = w.start("--config", file)
	c.working()
	if n, tried := c.waiting(); n != 2 || tried != 0 {
		t.Fatalf("%d wait, %d of them tried", n, tried)
	}
	// What was sent before the kill counts still.
	c.accept("four", "PENDING")

	// It is killed again while WhatsApp has the first of them and has not answered.
	w.killInDoubt(c, file, "two")
	c = w.start("--config", file)
	c.working()
	if n, tried := c.waiting(); n != 3 || tried != 1 {
		t.Fatalf("%d wait, %d of them tried: what may have left waits for a receipt first, and holds its chat back", n, tried)
	}
	if err := c.stop(); err != nil {
		t.Fatal(err)
	}
	w.passTime()
	c = w.start("--config", file)
	c.working()
	if _, err := w.bob.Expect(w.ctx, simulator.Text("four")); err != nil {
		t.Fatal(err)
	}
	c.await("nothing to wait", func() bool { n, _ := c.waiting(); return n == 0 })
	if got := w.texts(); !slices.Equal(got, []string{"one", "two", "three", "four"}) {
		t.Errorf("Bob has %s", strings.Join(got, ", "))
	}
}

// passTime lets the time pass after which a message that may have left is tried again.
func (w *world) passTime() {
	w.t.Helper()
	files, err := filepath.Glob(filepath.Join(w.dir, "accounts", "*", "chats.db"))
	if err != nil || len(files) != 1 {
		w.t.Fatal(files, err)
	}
	db, err := sql.Open("sqlite", files[0])
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(w.ctx, `UPDATE waiting SET retry_ms = 1`); err != nil {
		w.t.Fatal(err)
	}
}

// A receipt that comes after a kill says that a message has left: it is not sent again.
func TestAReceiptEndsTheDoubt(t *testing.T) {
	w := newWorld(t)
	file := filepath.Join(t.TempDir(), "config.json")
	w.limited(file, 1)
	c := w.start("--config", file)
	c.pair()
	c.accept("one", "SERVER")
	c.accept("two", "PENDING")
	id := w.killInDoubt(c, file, "two")
	if err := w.bob.SendReceipt(w.ctx, "", id); err != nil {
		t.Fatal(err)
	}
	w.passTime()
	c = w.start("--config", file)
	c.await("the end of the wait", func() bool { n, _ := c.waiting(); return n == 0 })
	var messages []struct{ Body, AckName string }
	c.get("/api/test/chats/15550002222@c.us/messages?limit=10", &messages)
	if len(messages) != 2 || messages[0].Body != "two" || messages[0].AckName != "DEVICE" {
		t.Errorf("the chat has %+v", messages)
	}
}
