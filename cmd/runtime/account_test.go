package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/test/simulator"
)

// scan has a phone scan the QR code that the API gives.
func (c *child) scan(by *simulator.User) error {
	c.t.Helper()
	_, err := by.ScanQR(c.w.ctx, c.code(""))
	return err
}

// code waits for a QR code that is another than one before.
func (c *child) code(before string) string {
	c.t.Helper()
	var code struct{ Value string }
	c.await("a QR code", func() bool {
		return c.get("/api/test/auth/qr?format=raw", &code) == http.StatusOK && code.Value != "" && code.Value != before
	})
	return code.Value
}

// pairedWith scans with a phone and waits until its account is connected.
func (c *child) pairedWith(by *simulator.User, number string) {
	c.t.Helper()
	if err := c.scan(by); err != nil {
		c.t.Fatal(err)
	}
	c.await("WORKING with "+number[len(number)-4:], func() bool {
		var s struct {
			Status string
			Me     *struct{ ID string }
		}
		return c.get("/api/sessions/test", &s) == http.StatusOK && s.Status == "WORKING" && s.Me != nil && s.Me.ID == number+"@c.us"
	})
}

// has waits until exactly these messages are stored.
func (c *child) has(what string, ids ...string) {
	c.t.Helper()
	c.await(what, func() bool {
		have := c.ids()
		for _, id := range ids {
			if !have[id] {
				return false
			}
		}
		if len(have) != len(ids) {
			c.t.Fatalf("%s: stored are %d messages, want %d", what, len(have), len(ids))
		}
		return true
	})
}

func (w *world) write(from, to *simulator.User, n int) (ids []string) {
	w.t.Helper()
	for i := range n {
		id, err := from.SendText(w.ctx, to, fmt.Sprint("message ", i))
		if err != nil {
			w.t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

// One session, two numbers one after the other: neither sees what is the
// other's, and each finds its own again.
func TestAnotherNumberStartsEmpty(t *testing.T) {
	w := newWorld(t)
	carol := w.srv.AddUser("15550003333", "", "Carol")
	c := w.start()
	c.pairedWith(w.alice, "15550001111")
	hers := w.write(w.bob, w.alice, 5)
	c.has("Alice's messages", hers...)
	if err := w.alice.Unlink(w.ctx); err != nil {
		t.Fatal(err)
	}
	c.restart()
	c.has("Alice's messages while no one is linked", hers...)

	c.pairedWith(carol, "15550003333")
	theirs := w.write(w.bob, carol, 3)
	c.has("Carol's messages", theirs...)
	if status := c.get("/api/test/chats/15550002222@c.us/messages/"+hers[0], nil); status != http.StatusNotFound {
		t.Errorf("a message of Alice's is found: %d", status)
	}
	// Over a restart as well.
	c.kill()
	c = w.start()
	c.working()
	c.has("Carol's messages after a crash", theirs...)

	if err := carol.Unlink(w.ctx); err != nil {
		t.Fatal(err)
	}
	c.restart()
	c.pairedWith(w.alice, "15550001111")
	more := w.write(w.bob, w.alice, 2)
	c.has("Alice's messages, old and new", append(hers, more...)...)
}

// restart waits for the session to have failed and restarts it.
func (c *child) restart() {
	c.t.Helper()
	c.await("FAILED", func() bool {
		var s struct{ Status string }
		c.get("/api/sessions/test", &s)
		return s.Status == "FAILED"
	})
	c.post("/api/sessions/test/restart", &struct{}{})
}

// A phone with another number than the pinned one is refused, and told of
// without its number.
func TestAPinnedAccountIsTheOnlyOne(t *testing.T) {
	w := newWorld(t)
	carol := w.srv.AddUser("15550003333", "", "Carol")
	c := w.start("--config", w.config(v1.Config{Session: "test", Pairing: v1.Pairing{Account: "15550001111"}}))
	code := c.code("")
	if _, err := carol.ScanQR(w.ctx, code); err == nil {
		t.Error("Carol's phone linked the session")
	}
	c.code(code)
	c.pairedWith(w.alice, "15550001111")
	if text := c.text(); strings.Contains(text, "15550003333") {
		t.Error("the log holds the number that was refused")
	}
}

// A number that was linked before another was pinned is not connected, and can be
// logged out to make room for the right one.
func TestALinkedNumberThatIsNotThePinnedOneIsLoggedOut(t *testing.T) {
	w := newWorld(t)
	carol := w.srv.AddUser("15550003333", "", "Carol")
	c := w.start()
	c.pairedWith(w.alice, "15550001111")
	hers := w.write(w.bob, w.alice, 3)
	c.has("Alice's messages", hers...)
	if err := c.stop(); err != nil {
		t.Fatal(err)
	}

	c = w.start("--config", w.config(v1.Config{Session: "test", Pairing: v1.Pairing{Account: "15550003333"}}))
	is := func(status string) func() bool {
		return func() bool {
			var s struct{ Status string }
			c.get("/api/sessions/test", &s)
			return s.Status == status
		}
	}
	c.await("the refusal", is("FAILED"))
	c.post("/api/sessions/test/logout", &struct{}{})
	c.await("a code", is("SCAN_QR_CODE"))
	c.pairedWith(carol, "15550003333")
	theirs := w.write(w.bob, carol, 2)
	c.has("Carol's messages alone", theirs...)
}

// A process that is killed as soon as a phone has linked it comes back as that
// number's, with that number's messages and no other's.
func TestAKillWhileTheNumberChanges(t *testing.T) {
	w := newWorld(t)
	carol := w.srv.AddUser("15550003333", "", "Carol")
	of := map[*simulator.User][]string{}
	c := w.start()
	for _, user := range []*simulator.User{w.alice, carol, w.alice, carol} {
		if err := c.scan(user); err != nil {
			t.Fatal(err)
		}
		c.kill()
		c = w.start()
		c.working()
		of[user] = append(of[user], w.write(w.bob, user, 2)...)
		c.has(user.PN().User+"'s messages", of[user]...)
		if err := user.Unlink(w.ctx); err != nil {
			t.Fatal(err)
		}
		c.restart()
	}
}

func TestDataOfOtherAccountsIsRemovedWhereWanted(t *testing.T) {
	w := newWorld(t)
	carol := w.srv.AddUser("15550003333", "", "Carol")
	c := w.start("--config", w.config(v1.Config{Session: "test", OtherAccounts: v1.DeleteOtherAccounts}))
	c.pairedWith(w.alice, "15550001111")
	if err := w.alice.Unlink(w.ctx); err != nil {
		t.Fatal(err)
	}
	c.restart()
	c.pairedWith(carol, "15550003333")
	c.await("one folder", func() bool {
		folders, err := filepath.Glob(filepath.Join(w.dir, "accounts", "*", "chats.db"))
		return err == nil && len(folders) == 1
	})
}

// A data directory as earlier versions wrote it keeps what is in it.
func TestADirectoryOfAnEarlierVersion(t *testing.T) {
	w := newWorld(t)
	c := w.start()
	c.pairedWith(w.alice, "15550001111")
	ids := w.write(w.bob, w.alice, 4)
	c.has("the messages", ids...)
	if err := c.stop(); err != nil {
		t.Fatal(err)
	}
	folders, err := filepath.Glob(filepath.Join(w.dir, "accounts", "*", "chats.db"))
	if err != nil || len(folders) != 1 {
		t.Fatalf("folders %v, %v", folders, err)
	}
	for _, name := range []string{"chats.db", "media"} {
		if err := os.Rename(filepath.Join(filepath.Dir(folders[0]), name), filepath.Join(w.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.RemoveAll(filepath.Join(w.dir, "accounts")); err != nil {
		t.Fatal(err)
	}
	c = w.start()
	c.working()
	c.has("the messages of the earlier version", ids...)
}

// text is all that the process has logged.
func (c *child) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.String()
}
