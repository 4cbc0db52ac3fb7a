package archive

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// Options are the parts of an engine. Chats, Journal and Account are needed.
type Options struct {
	Chats   Chats
	Journal Journal
	Account Account
	Logger  *slog.Logger
	// BatchSize is the number of chats archived with one change of the account;
	// 0 means DefaultBatchSize.
	BatchSize int
	// Pause is the time between two changes; 0 means DefaultPause.
	Pause time.Duration
	// OnChange is called after each change of what Status returns.
	OnChange func()
	// Metrics defaults to unregistered metrics.
	Metrics *Metrics
}

// The pace of a run where Options set none: gentle on an account that a person
// uses at the same time.
const (
	DefaultBatchSize = 100
	DefaultPause     = time.Second
)

// recheck bounds how long the engine sleeps: a machine that slept, or whose
// clock was set, runs at most this much late.
const recheck = time.Minute

// Errors that requests for a run answer with.
var (
	// ErrBusy means that a run is in progress.
	ErrBusy = errors.New("a run is in progress: wait for it to finish")
	// ErrNoPolicies means that nothing is configured.
	ErrNoPolicies = errors.New("no auto-archive policies and no group policy are configured")
)

// Engine carries out the archive policies of one session. Run owns it; the
// other methods may be called from any goroutine.
type Engine struct {
	Options
	// requests are taken by Run, one at a time.
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
	// begun receives the run once its plan is written down.
	begun chan<- begun
}

type begun struct {
	run chat.ArchiveRun
	err error
}

// New returns an engine without policies: Configure gives it some, Run works.
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

// Configure puts policies in force, live.
func (e *Engine) Configure(p Policies) {
	e.mu.Lock()
	e.policies = p
	e.mu.Unlock()
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// How long the engine waits after a failure of the store; each further one in a
// row waits twice as long.
const (
	restFirst = time.Second
	restMost  = time.Minute
)

// Run follows the schedule and takes requests until ctx ends. A run that an
// earlier process left unfinished is continued first. While the store fails, on
// a full disk perhaps, the engine waits and tries again.
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

// Request asks for a run now. It returns once the plan is written down (a dry
// run is finished then), or ErrBusy, or ErrNoPolicies. A repeated id returns
// the run that it started.
func (e *Engine) Request(ctx context.Context, id string, dryRun bool) (chat.ArchiveRun, error) {
	reply := make(chan begun, 1)
	select {
	case e.requests <- request{id: id, dryRun: dryRun, begun: reply}:
	case <-ctx.Done():
		return chat.ArchiveRun{}, ctx.Err()
	case <-time.After(requestPatience):
		return chat.ArchiveRun{}, ErrBusy
	}
	select {
	case b := <-reply:
		return b.run, b.err
	case <-ctx.Done():
		return chat.ArchiveRun{}, ctx.Err()
	}
}

// requestPatience is how long a request waits for a run under way.
const requestPatience = time.Second

// Plan returns what a run would do now. It needs WhatsApp only where a group policy
// asks which groups the account is in.
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
