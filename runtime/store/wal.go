package store

import (
	"context"
	"fmt"
)

// Bounds of the write-ahead log while reads overlap, so that SQLite's own
// checkpoints cannot restart the log.
const (
	// forceWAL is the size at which a commit waits for readers to release the
	// log.
	forceWAL = 2 * maxWAL
	// forceAgain is how much the log grows before the next attempt.
	forceAgain = 4 << 20
	// forceWait bounds the wait, in milliseconds. Reads take far less: no reader
	// waits for a client or the network.
	forceWait = 1000
)

// boundWAL empties the write-ahead log when it is too large. The caller has the
// writer's turn and no transaction. New readers do not prolong the wait: once
// all of the log is in the database, they read the database alone.
func (s *Store) boundWAL() {
	size := s.walSize()
	if size < s.forceAt {
		return
	}
	// A connection's checkpoint waits for its busy_timeout.
	ctx := context.Background()
	_, err := s.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", forceWait))
	var busy, frames, moved int64
	if err == nil {
		err = s.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
	}
	if _, back := s.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", busyTimeout)); err == nil {
		err = back
	}
	if err == nil && busy == 0 {
		s.forceAt = forceWAL
		return
	}
	s.forceAt = size + forceAgain
	s.opts.Logger.Warn("WAL is large and could not be truncated; retrying", "bytes", size, "error", err)
}

func (s *Store) walSize() int64 { return fileSize(s.path + "-wal") }
