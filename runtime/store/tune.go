package store

import (
	"context"
	"fmt"
	"os"

	"github.com/wasession/wasession/runtime/chat"
)

// tuning is how the writing connection is tuned.
type tuning int

const (
	// living uses little memory for pages.
	living tuning = iota
	// importing uses much of it.
	importing
)

// tune tunes the writing connection. The caller has the writer's turn.
func (s *Store) tune(ctx context.Context, to tuning) error {
	if s.tuned == to {
		return nil
	}
	cache := writerCache
	if to == importing {
		cache = importCache
	}
	statements := fmt.Sprintf("PRAGMA cache_size = -%d", cache)
	if to == living {
		statements += "; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA shrink_memory"
	}
	if _, err := s.conn.ExecContext(context.WithoutCancel(ctx), statements); err != nil {
		return classify(err)
	}
	s.tuned = to
	return nil
}

// ImportDone gives back the memory and the disk space that importing took.
func (s *Store) ImportDone(ctx context.Context) error {
	s.lazy.Store(false)
	return s.take(ctx, func() error {
		if err := s.settle(); err != nil {
			return err
		}
		return s.tune(ctx, living)
	})
}

// Rest gives back the memory of caches that fill again by themselves: the writer's pages,
// the people it has met, and readers that are not in use.
func (s *Store) Rest(ctx context.Context) error {
	s.mu.Lock()
	s.people, s.pushNames = map[chat.ID]person{}, map[int64]string{}
	s.mu.Unlock()
	s.readers.SetMaxIdleConns(-1)
	s.readers.SetMaxIdleConns(maxReaders())
	return s.take(ctx, func() error {
		if s.pending != nil {
			return nil // importing
		}
		_, err := s.conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA shrink_memory`)
		return classify(err)
	})
}

// Maintain does the work for quiet moments: it forgets stanzas that cannot come
// again, empties the WAL and releases memory.
func (s *Store) Maintain(ctx context.Context) error {
	if err := s.write(ctx, func(t *txn) error {
		return t.run(`DELETE FROM seen WHERE at < ?`, t.steady-seenFor)
	}); err != nil {
		return err
	}
	return s.take(ctx, func() error {
		if s.pending != nil {
			return nil // an import is no quiet moment
		}
		_, err := s.conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA optimize; PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA shrink_memory`)
		return classify(err)
	})
}

// seenFor is how long a stanza without a row is remembered, in seconds: WhatsApp
// keeps undelivered messages for 30 days.
const seenFor = 45 * 24 * 3600

// Stats returns the sizes of the database's files; 0 for one that is not there.
func (s *Store) Stats() chat.StoreStats {
	return chat.StoreStats{Database: fileSize(s.path), WAL: fileSize(s.path + "-wal")}
}

func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
