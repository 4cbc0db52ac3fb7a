package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

// Even while reads always overlap, the write-ahead log stays bounded and no
// write fails.
func TestReadersDoNotPinTheLog(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "chats.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, stop := context.WithCancel(t.Context())
	var group errgroup.Group
	group.Go(func() (err error) {
		var before *sql.Tx
		defer func() {
			if before != nil {
				_ = before.Rollback()
			}
		}()
		for ctx.Err() == nil {
			next, err := s.readers.BeginTx(context.WithoutCancel(ctx), &sql.TxOptions{ReadOnly: true})
			if err != nil {
				return err
			}
			var n int
			if err := next.QueryRow(`SELECT count(*) FROM seen`).Scan(&n); err != nil {
				return err
			}
			if before != nil {
				if err := before.Rollback(); err != nil {
					return err
				}
			}
			before = next
			<-time.After(50 * time.Millisecond) // like a slow read
		}
		return nil
	})
	const written = 4 * forceWAL
	var most int64
	text := strings.Repeat("x", 256<<10)
	for i := range written / len(text) {
		if err := s.write(t.Context(), func(t *txn) error {
			return t.run(`INSERT INTO seen (chat, stanza, from_me, participant, at) VALUES (0, ?, 0, 0, ?)`, fmt.Sprint(i, text), t.steady)
		}); err != nil {
			t.Fatal(err)
		}
		most = max(most, s.walSize())
	}
	stop()
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d MiB written, the log at most %d MiB", written>>20, most>>20)
	if most > forceWAL+2*forceAgain {
		t.Errorf("the log grew to %d MiB", most>>20)
	}
}
