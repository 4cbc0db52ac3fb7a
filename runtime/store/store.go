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

// Options configure a store. All fields are optional.
type Options struct {
	// Encode returns an event's payload as JSON. It runs inside the
	// transaction, so an error rolls back the whole Apply. Without it no events
	// are written.
	Encode func(chat.Event) (payload []byte, err error)
	// Now is the clock; the default is time.Now.
	Now func() time.Time
	// Steady is the clock for ages. Steps of the system's clock do not affect
	// it. The default is Now.
	Steady func() time.Time
	Logger *slog.Logger
	// OnCommit is called after each commit, with whether it wrote events. It must not
	// block.
	OnCommit func(events bool)
}

// Store is a session's database. Its methods may be called from any goroutine.
type Store struct {
	path string
	opts Options
	// db has the one connection that writes, held as conn; writer has its
	// statements. writing is held by the current writer, and tuned is how conn
	// is tuned.
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
	// forceAt is the size at which the write-ahead log is emptied.
	forceAt int64
	// late is the number of messages that may be missing in the indexes of filters.
	// The writer's turn guards it.
	late int
	// lazy is set during an import; pending is its transaction, or nil. careful is
	// set once a batch could not be written.
	lazy, careful atomic.Bool
	pending       *txn
	// lost is why what was pending could not be committed, until the import knows: it
	// may have happened in somebody else's write.
	lost atomic.Pointer[error]
	// readers is the pool that cannot write; read has its statements.
	readers *sql.DB
	read    *statements
	// finding is held by the one search for a text: it may take seconds, and other
	// lists need the other readers.
	finding chan struct{}

	mu     sync.Mutex
	people map[chat.ID]person
	// learnt counts the transactions that people has learnt from.
	learnt atomic.Uint64
	// pushNames are names written recently, which need not be written again.
	pushNames map[int64]string

	// unarchives is the account's setting that messages un-archive chats.
	unarchives atomic.Bool

	// seq is the position of the newest event, idMS the time in its id (guarded by
	// the writer's turn), and salt the part that all ids share.
	seq  atomic.Int64
	idMS int64
	salt eventSalt
	// wanted reports which events to write; nil means all. The writer's turn
	// guards it.
	wanted func(event string) bool
	// events and bytes count the outbox, letterBytes the dead letters.
	events, bytes, letterBytes atomic.Int64
	tally                      *tally
	moves, replaysAsked        atomic.Uint64
	// queued is increased by each commit after which a message waits to be sent.
	// noneQueued is what it was when none waited; it begins with 0, which queued never is.
	queued, noneQueued atomic.Uint64
}

// Page caches, in KiB, each of which takes twice as much memory: a page with its
// header is more than 4 KiB, and the allocator rounds that up to 8. A reader needs
// little, since the operating system caches too. An import with four times the cache
// takes a twentieth less processor time, and 10 MB more at its peak.
const (
	writerCache = 4 << 10
	importCache = 6 << 10
	readerCache = 1 << 10
)

// readerRest is how long a reader that is not in use keeps its cache and its compiled
// statements while others are, or the writer is.
const readerRest = 10 * time.Second

func maxReaders() int { return max(2, min(4, runtime.GOMAXPROCS(0))) }

// maxWAL is the size in bytes at which the write-ahead log is moved into the
// database, and to which it is truncated. This way a page that changes with
// each message is moved once for many.
const (
	maxWAL   = 16 << 20
	pageSize = 4 << 10 // SQLite's default
)

// Open opens the database at path, creating it if needed, and updates its
// schema. Errors wrap ErrDamaged, ErrNewer or ErrNotDatabase where they apply.
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
		path: path, opts: opts, writing: make(chan struct{}, 1), finding: make(chan struct{}, 1), closed: make(chan struct{}),
		people: map[chat.ID]person{}, pushNames: map[int64]string{}, forceAt: forceWAL, late: maxLate,
	}
	s.queued.Store(1)
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
		"auto_vacuum(INCREMENTAL)", // before journal_mode; new databases only
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
	if s.readers, err = openReaders(dsn(s.path, url.Values{"_pragma": {
		"query_only(1)", "temp_store(MEMORY)", pragma("cache_size", -readerCache),
	}})); err != nil {
		return err
	}
	s.readers.SetMaxOpenConns(maxReaders())
	s.readers.SetMaxIdleConns(maxReaders())
	s.readers.SetConnMaxIdleTime(readerRest)
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
	if s.tally != nil {
		s.tally.close()
	}
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
