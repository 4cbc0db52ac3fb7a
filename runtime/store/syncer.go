package store

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"time"
)

// syncDelay bounds how long a commit is only in the operating system's cache. A
// crash of the process loses no commit; a power cut loses at most those of the
// last moment. Waiting for the disk at each message would halve the receive
// rate.
const syncDelay = 200 * time.Millisecond

// syncer syncs commits to disk in batches, shortly after they were made.
type syncer struct {
	wal  string
	log  *slog.Logger
	wake chan struct{}
	stop context.CancelFunc
	done chan struct{}
}

// newSyncer starts the syncer of a database; close stops it.
func newSyncer(database string, log *slog.Logger) *syncer {
	ctx, stop := context.WithCancel(context.Background())
	y := &syncer{wal: database + "-wal", log: log, wake: make(chan struct{}, 1), stop: stop, done: make(chan struct{})}
	go y.run(ctx)
	return y
}

// committed signals that there is something to sync. It never blocks.
func (y *syncer) committed() {
	select {
	case y.wake <- struct{}{}:
	default:
	}
}

func (y *syncer) run(ctx context.Context) {
	defer close(y.done)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-y.wake:
		}
		timer.Reset(syncDelay)
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if err := syncFile(y.wal); err != nil {
			y.log.Error("WAL sync failed; recent commits could be lost in a power failure", "error", err)
		}
	}
}

// close stops the syncer; it can be called twice. SQLite syncs the rest when the
// database is closed.
func (y *syncer) close() {
	y.stop()
	<-y.done
}

// syncFile syncs the write-ahead log. SQLite has already synced what it moved
// from the log into the database. Closing the descriptor releases no lock,
// because SQLite's locks are on other files.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
