package archive

import (
	"context"
	"errors"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// errRunFailed marks the failure of one run, which is stored and does not stop the
// engine.
var errRunFailed = errors.New("auto-archive run failed")

// stopped turns the error of a run into the error of Run: a failed run has been
// reported, the end of ctx is not an error, and anything else is a store error.
func (e *Engine) stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, errRunFailed) {
		return nil
	}
	return err
}

// reason describes a failure to users, without raw error text.
func reason(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "WhatsApp did not answer in time"
	}
	return "WhatsApp did not accept the change, or the session is not connected"
}

// load sets the status from the last finished run.
func (e *Engine) load(ctx context.Context) error {
	runs, err := e.Journal.ArchiveRuns(ctx, 2)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if !run.FinishedAt.IsZero() {
			e.setLast(run)
			break
		}
	}
	return nil
}

func (e *Engine) setLast(run chat.ArchiveRun) {
	started := run.StartedAt
	e.mu.Lock()
	e.status.LastRunTime = &started
	e.status.LastResult = v1.RunResult(run.Result)
	e.status.LastMessage = run.Message
	e.status.Archived, e.status.Candidates, e.status.Left = run.Archived, run.Candidates, run.Left
	if run.RequestID != "" {
		e.status.LastRequestID = run.RequestID
	}
	e.mu.Unlock()
	if e.OnChange != nil {
		e.OnChange()
	}
}

// requested finds the run that a request started. It only looks at the newest runs: a
// request is repeated soon or never.
func (e *Engine) requested(ctx context.Context, id string) (chat.ArchiveRun, bool, error) {
	if id == "" {
		return chat.ArchiveRun{}, false, nil
	}
	return e.find(ctx, func(run chat.ArchiveRun) bool { return run.RequestID == id })
}

func (e *Engine) run(ctx context.Context, id string) (chat.ArchiveRun, bool, error) {
	return e.find(ctx, func(run chat.ArchiveRun) bool { return run.ID == id })
}

// remembered is the number of runs that a request is compared with.
const remembered = 100

func (e *Engine) find(ctx context.Context, want func(chat.ArchiveRun) bool) (chat.ArchiveRun, bool, error) {
	runs, err := e.Journal.ArchiveRuns(ctx, remembered)
	if err != nil {
		return chat.ArchiveRun{}, false, err
	}
	for _, run := range runs {
		if want(run) {
			return run, true, nil
		}
	}
	return chat.ArchiveRun{}, false, nil
}
