package whatsapp

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/sqlite"
)

// buffered counts the rows of decrypted events.
func (l *live) buffered() (n int) {
	l.t.Helper()
	if err := l.db.db.QueryRow(l.ctx, "SELECT count(*) FROM wasession_event_buffer").Scan(&n); err != nil {
		l.t.Fatal(err)
	}
	return n
}

// The text of a message does not stay in the database of keys.
func TestHandledEventsLeaveTheBuffer(t *testing.T) {
	l := paired(t)
	for i := range 5 {
		l.received(fmt.Sprint("message ", i))
	}
	// Until the last one is acknowledged it may be delivered again.
	if err := l.device.WaitIdle(l.ctx); err != nil {
		t.Fatal(err)
	}
	if n := l.buffered(); n > 1 {
		t.Errorf("%d events are left in the buffer, want at most the last", n)
	}
	l.close(l.Account)

	again, err := Open(l.ctx, l.opts)
	if err != nil {
		t.Fatal(err)
	}
	l.Account = again
	defer l.close(again)
	if n := l.buffered(); n != 0 {
		t.Errorf("%d events are left in the buffer of a closed account", n)
	}
}

// A message whose storing failed is decrypted only once: its session has moved
// on. It is delivered again to the next process, which finds it in the buffer, also
// in that of an earlier version.
func TestABufferedEventIsHandledByTheNextProcess(t *testing.T) {
	for name, between := range map[string]string{
		"": "",
		"of an earlier version": `INSERT INTO whatsmeow_event_buffer (our_jid, ciphertext_hash, plaintext, server_timestamp, insert_timestamp)
				SELECT our_jid, hash, plaintext, server_time, stored_at * 1000 FROM wasession_event_buffer;
			DROP TABLE wasession_event_buffer`,
	} {
		t.Run(name, func(t *testing.T) {
			l := paired(t)
			l.received("before")
			refused := make(chan struct{}, 100)
			l.failing(func(...chat.Change) error {
				refused <- struct{}{}
				return errors.New("disk failure")
			})
			id, err := l.bob.SendText(l.ctx, l.alice, "kept in the buffer")
			if err != nil {
				t.Fatal(err)
			}
			<-refused
			l.close(l.Account)
			db := sqlite.Open(sqlite.DSN(filepath.Join(l.opts.Dir, deviceFile), url.Values{"_pragma": {"busy_timeout(10000)"}}))
			defer db.Close()
			if _, err := db.ExecContext(l.ctx, between); err != nil {
				t.Fatal(err)
			}
			l.failing(nil)
			l.open()
			if m := l.stored(id); m.Body != "kept in the buffer" {
				t.Errorf("got %q", m.Body)
			}
		})
	}
}
