package archive

import (
	"context"
	"log/slog"
	"sync"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// Options configure an Engine. Chats, Journal and Account are required.
type Options struct {
	Chats   Chats
	Journal Journal
	Account Account
	Logger  *slog.Logger
	// BatchSize is the number of chats archived with one app state patch; 0 means
	// DefaultBatchSize.
	BatchSize int
	// Pause is the time between two batches; 0 means DefaultPause.
	Pause time.Duration
	// OnChange is called whenever the result of Status changes.
	OnChange func()
	// Metrics defaults to unregistered metrics.
	Metrics *Metrics
}

// Default pace of a run, gentle on an account that someone is using.
const (
	DefaultBatchSize = 100
	DefaultPause     = time.Second
)

// recheck limits how long the engine sleeps: after a suspend, or a step of the clock,
// a run is late by at most this much.
const recheck = time.Minute

// Engine applies the archive policies of one session. Run owns it; the other methods
// can be called from any goroutine.
type Engine struct {
	Options
	// requests are handled by Run, one at a time.
	requests chan request
	// wake tells Run that the configuration changed.
	wake chan struct{}

	mu       sync.Mutex
	policies Policies // in force
	status   v1.ArchiveStatus
	unknown  []chat.ID
}

type request struct {
	id     string
	dryRun bool
	// begun receives the run once its plan is stored.
	begun chan<- begun
}

type begun struct {
	run chat.ArchiveRun
	err error
}

// New returns an Engine without policies. Call Configure to set them, and Run.
func New(o Options) *Engine {
	if o.BatchSize == 0 {
		o.BatchSize = DefaultBatchSize
	}
	if o.Pause == 0 {
		o.Pause = DefaultPause
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = NewMetrics(nil)
	}
	none, _ := Compile(nil, v1.Groups{})
	return &Engine{Options: o, requests: make(chan request), wake: make(chan struct{}, 1), policies: none}
}

// Configure applies policies, also while Run is running.
func (e *Engine) Configure(p Policies) {
	e.mu.Lock()
	e.policies = p
	e.mu.Unlock()
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// How long the engine waits after a store error. The delay doubles with each error in
// a row.
const (
	restFirst = time.Second
	restMost  = time.Minute
)

// Run follows the schedule and handles requests until ctx ends. It first resumes a run
// that an earlier process did not finish. While the store fails, for example because
// the disk is full, it waits and retries.
func (e *Engine) Run(ctx context.Context) error {
	for rest := restFirst; ; rest = min(2*rest, restMost) {
		began := time.Now()
		err := e.follow(ctx)
		if err == nil || ctx.Err() != nil {
			return nil // whatever was cut off by it is taken up again
		}
		if time.Since(began) > 2*restMost {
			rest = restFirst
		}
		e.Logger.Error("Auto-archive interrupted by a store failure", "error", err, "retryIn", rest)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(rest):
		}
	}
}

func (e *Engine) follow(ctx context.Context) error {
	if err := e.load(ctx); err != nil {
		return err
	}
	if err := e.resume(ctx); err != nil {
		return err
	}
	for {
		due, wait, err := e.due(ctx)
		if err != nil {
			return err
		}
		if !due.IsZero() {
			if err := e.runScheduled(ctx, due); err != nil {
				return err
			}
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-e.wake:
		case <-time.After(wait):
		case r := <-e.requests:
			if err := e.runRequested(ctx, r); err != nil {
				return err
			}
		}
	}
}

// Request starts a run now. It returns once the plan is stored (a dry run has finished
// by then), or chat.ErrArchiveBusy or chat.ErrNoPolicies. A repeated ID returns the run
// that it started.
func (e *Engine) Request(ctx context.Context, id string, dryRun bool) (chat.ArchiveRun, error) {
	reply := make(chan begun, 1)
	select {
	case e.requests <- request{id: id, dryRun: dryRun, begun: reply}:
	case <-ctx.Done():
		return chat.ArchiveRun{}, ctx.Err()
	case <-time.After(requestPatience):
		return chat.ArchiveRun{}, chat.ErrArchiveBusy
	}
	select {
	case b := <-reply:
		return b.run, b.err
	case <-ctx.Done():
		return chat.ArchiveRun{}, ctx.Err()
	}
}

// requestPatience is how long a request waits for a running run.
const requestPatience = time.Second

// Plan returns what a run would do now. It only needs WhatsApp if a group policy has to
// know which groups the account is in.
func (e *Engine) Plan(ctx context.Context) (Plan, error) {
	e.mu.Lock()
	rules := e.policies.rules
	e.mu.Unlock()
	return e.plan(ctx, rules)
}

// Runs returns at most limit runs, newest first.
func (e *Engine) Runs(ctx context.Context, limit int) ([]chat.ArchiveRun, error) {
	return e.Journal.ArchiveRuns(ctx, limit)
}

// Status returns the state of the policies; nil if none is configured.
func (e *Engine) Status() (status *v1.ArchiveStatus, unknownGroups []chat.ID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.policies.config == nil && !e.policies.rules.WatchesGroups() {
		return nil, nil
	}
	copied := e.status
	return &copied, e.unknown
}
