package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// Options say how a store works. All fields are optional.
type Options struct {
	// Encode gives an event's payload as JSON. It runs inside the transaction,
	// so an error undoes the whole Apply. Without it no events are written.
	Encode func(chat.Event) (payload []byte, err error)
	// Now is the clock; the default is time.Now.
	Now func() time.Time
	// Steady is the clock by which things grow old, which no step of the system's
	// clock moves; the default is Now.
	Steady func() time.Time
	Logger *slog.Logger
	// OnCommit is called after each Apply that wrote events. It must not block.
	OnCommit func()
}

// Store is a session's database. Its methods may be called from any goroutine.
type Store struct {
	path string
	opts Options
	// db has the one connection that writes, held as conn, whose statements are in
	// writer; writing is its turn, tuned how it is set.
	db      *sql.DB
	conn    *sql.Conn
	writer  *statements
	writing chan struct{}
	// closed is closed when Close begins.
	closed   chan struct{}
	closing  sync.Once
	closeErr error
	tuned    tuning
	syncer   *syncer
	// forceAt is the size of the write-ahead log at which it is emptied.
	forceAt int64
	// late is how many messages the indexes of filters may lack. The writer's turn
	// guards it.
	late int
	// lazy is set during an import; pending is its transaction, or nil.
	lazy    atomic.Bool
	pending *txn
	// readers is the pool that cannot write, read its statements.
	readers *sql.DB
	read    *statements

	mu     sync.Mutex
	people map[chat.ID]person
	// pushNames are names written lately, to be spared writing them again.
	pushNames map[int64]string

	// unarchives is the account's setting that messages un-archive chats.
	unarchives atomic.Bool

	// seq is the place of the newest event, idMS the time in its id (the writer's turn
	// guards that), salt what all ids have in common.
	seq  atomic.Int64
	idMS int64
	salt eventSalt
	// wanted says which events are written; nil: all. The writer's turn guards it.
	wanted func(event string) bool
	// events and bytes are the outbox's, letterBytes the dead letters'.
	events, bytes, letterBytes atomic.Int64
	moves, replaysAsked        atomic.Uint64
}

// Page caches, in KiB. A reader needs little: the operating system caches too.
const (
	writerCache = 4 << 10
	importCache = 24 << 10
	readerCache = 2 << 10
)

// maxWAL is the size in bytes at which the write-ahead log is moved into the
// database, and that it is cut back to. Pages that change with each message are
// moved once for many.
const (
	maxWAL   = 16 << 20
	pageSize = 4 << 10 // SQLite's default
)

// Open opens the database at path, creates it where there is none, and brings
// its schema up to date. Errors wrap ErrDamaged, ErrNewer or ErrNotDatabase
// where they apply.
func Open(ctx context.Context, path string, opts Options) (*Store, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Steady == nil {
		opts.Steady = opts.Now
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Store{
		path: path, opts: opts, writing: make(chan struct{}, 1), closed: make(chan struct{}),
		people: map[chat.ID]person{}, pushNames: map[int64]string{}, forceAt: forceWAL, late: maxLate,
	}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(fileError(path, err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	steps, err := migrations()
	if err != nil {
		return err
	}
	if s.db, err = sql.Open("sqlite", dsn(s.path, url.Values{"_txlock": {"immediate"}, "_pragma": {
		"auto_vacuum(INCREMENTAL)", // before the journal: a database is asked once, when it is made
		"journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)", "temp_store(MEMORY)",
		pragma("cache_size", -writerCache), pragma("journal_size_limit", maxWAL), pragma("wal_autocheckpoint", maxWAL/pageSize),
	}})); err != nil {
		return err
	}
	s.db.SetMaxOpenConns(1)
	s.syncer = newSyncer(s.path, s.opts.Logger)
	if err := migrate(ctx, s.db, steps); err != nil {
		return err
	}
	if s.conn, err = s.db.Conn(ctx); err != nil {
		return err
	}
	s.writer = newStatements(s.conn)
	if s.readers, err = sql.Open("sqlite", dsn(s.path, url.Values{"_pragma": {
		"query_only(1)", "temp_store(MEMORY)", pragma("cache_size", -readerCache),
	}})); err != nil {
		return err
	}
	s.readers.SetMaxOpenConns(max(2, min(4, runtime.GOMAXPROCS(0))))
	s.readers.SetConnMaxIdleTime(time.Minute)
	s.read = newStatements(s.readers)
	if err := s.loadSettings(ctx); err != nil {
		return err
	}
	return s.loadOutbox(ctx)
}

// Close commits an open import transaction and closes the database. It waits for
// running writes; later calls and running reads return ErrClosed.
func (s *Store) Close() error {
	s.closing.Do(func() {
		close(s.closed)
		s.writing <- struct{}{} // the last turn, which is not given back
		s.closeErr = s.close()
	})
	return s.closeErr
}

func (s *Store) close() error {
	errs := []error{s.settle()}
	if s.read != nil {
		errs = append(errs, s.read.close(), s.readers.Close())
	}
	if s.syncer != nil {
		s.syncer.close()
	}
	if s.writer != nil {
		errs = append(errs, s.writer.close(), s.conn.Close())
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	return errors.Join(errs...)
}

func (s *Store) now() time.Time { return s.opts.Now() }
