package archive

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// runScheduled carries out the run that is due. If the session is not connected, it
// waits: the run is late then, but not lost.
func (e *Engine) runScheduled(ctx context.Context, due time.Time) error {
	if err := e.Account.AwaitConnected(ctx); err != nil {
		return nil // ctx has ended: the run stays due
	}
	e.mu.Lock()
	rules, config := e.policies.rules, e.policies.config
	e.mu.Unlock()
	if config == nil || config.Suspend {
		return nil // changed while waiting: asked again
	}
	run := e.newRun(chat.TriggerSchedule, "", config.DryRun)
	e.Logger.Info("Auto-archive run started", "run", run.ID, "due", due, "dryRun", run.DryRun)
	items, err := e.begin(ctx, rules, &run)
	if err != nil {
		err = e.fail(ctx, run, err)
	}
	// What is due is taken care of even by a run that failed: the next one
	// comes at its time, not at once.
	if ctx.Err() == nil {
		if err := e.taken(ctx, run.StartedAt); err != nil {
			return err
		}
	}
	if err == nil {
		err = e.carryOut(ctx, run, items)
	}
	return e.stopped(ctx, err)
}

// runRequested carries out a requested run.
func (e *Engine) runRequested(ctx context.Context, r request) error {
	e.mu.Lock()
	rules, config := e.policies.rules, e.policies.config
	e.mu.Unlock()
	if config == nil && !rules.WatchesGroups() {
		r.begun <- begun{err: chat.ErrNoPolicies}
		return nil
	}
	if previous, found, err := e.requested(ctx, r.id); err != nil || found {
		r.begun <- begun{run: previous, err: err}
		return nil
	}
	run := e.newRun(chat.TriggerRequest, r.id, r.dryRun || config != nil && config.DryRun)
	items, err := e.begin(ctx, rules, &run)
	if err != nil {
		err = e.fail(ctx, run, err)
		r.begun <- begun{err: err}
		return e.stopped(ctx, nil)
	}
	if run.DryRun {
		err := e.carryOut(ctx, run, items)
		finished, _, readErr := e.run(ctx, run.ID)
		if err == nil {
			err = readErr
		}
		r.begun <- begun{run: finished, err: err}
		return e.stopped(ctx, err)
	}
	r.begun <- begun{run: run}
	return e.stopped(ctx, e.carryOut(ctx, run, items))
}

// resume continues a run that an earlier process left unfinished. The last
// changes of that process may not have reached the store, so they are fetched
// first and the journal is read again; nothing is done twice.
func (e *Engine) resume(ctx context.Context) error {
	run, err := e.unfinished(ctx)
	if err != nil || run == nil {
		return err
	}
	if err := e.Account.AwaitConnected(ctx); err != nil {
		return nil // ctx has ended
	}
	if err := e.Account.RefreshChats(ctx); err != nil {
		return e.stopped(ctx, e.fail(ctx, *run, err))
	}
	if run, err = e.unfinished(ctx); err != nil || run == nil {
		return err
	}
	items, err := e.Journal.PendingArchiveItems(ctx, run.ID)
	if err != nil {
		return err
	}
	e.Logger.Info("Auto-archive run resumed", "run", run.ID, "left", len(items))
	return e.stopped(ctx, e.carryOut(ctx, *run, items))
}

// unfinished returns the newest run if it has not ended.
func (e *Engine) unfinished(ctx context.Context) (*chat.ArchiveRun, error) {
	runs, err := e.Journal.ArchiveRuns(ctx, 1)
	if err != nil || len(runs) == 0 || !runs[0].FinishedAt.IsZero() {
		return nil, err
	}
	return &runs[0], nil
}

func (e *Engine) newRun(trigger chat.ArchiveTrigger, requestID string, dryRun bool) chat.ArchiveRun {
	return chat.ArchiveRun{ID: ulid.Make().String(), Trigger: trigger, RequestID: requestID, DryRun: dryRun, StartedAt: time.Now()}
}

// begin plans a run and records it.
func (e *Engine) begin(ctx context.Context, rules *Rules, run *chat.ArchiveRun) ([]chat.ArchiveItem, error) {
	plan, err := e.plan(ctx, rules)
	if err != nil {
		return nil, err
	}
	run.Candidates = plan.Candidates
	e.mu.Lock()
	e.unknown = plan.UnknownGroups
	e.mu.Unlock()
	return plan.Items, e.Journal.BeginArchiveRun(ctx, *run, plan.Items)
}

func (e *Engine) plan(ctx context.Context, rules *Rules) (Plan, error) {
	var joined []chat.Group
	if rules.WatchesGroups() {
		var err error
		if joined, err = e.Account.JoinedGroups(ctx); err != nil {
			return Plan{}, fmt.Errorf("list the account's groups: %w", err)
		}
	}
	return rules.Plan(e.Chats.AllChats(ctx), joined, time.Now())
}

// carryOut carries out the rest of a run and stores the result. If ctx ends, it leaves
// the run unfinished, to be resumed later.
func (e *Engine) carryOut(ctx context.Context, run chat.ArchiveRun, items []chat.ArchiveItem) error {
	if run.DryRun {
		return e.finish(ctx, run, v1.RunDryRun, dryRunMessage(run, items))
	}
	for first := true; len(items) > 0; first = false {
		if !first {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(e.Pause):
			}
		}
		rules, dryRun := e.inForce()
		if dryRun {
			return e.finish(ctx, run, v1.RunSucceeded, "Stopped because dryRun was set. "+doneMessage(run))
		}
		batch := nextBatch(items, e.BatchSize)
		items = items[len(batch):]
		if err := e.carryOutBatch(ctx, rules, &run, batch); err != nil {
			return e.fail(ctx, run, err)
		}
	}
	return e.finish(ctx, run, v1.RunSucceeded, doneMessage(run))
}

// inForce returns the current rules, and whether runs are dry: a changed configuration
// also takes effect in the middle of a run.
func (e *Engine) inForce() (rules *Rules, dryRun bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.policies.rules, e.policies.config != nil && e.policies.config.DryRun
}

// nextBatch returns the next items to handle together: several chats, or one group.
func nextBatch(items []chat.ArchiveItem, size int) []chat.ArchiveItem {
	if items[0].Leave {
		return items[:1]
	}
	n := 1
	for n < len(items) && n < size && !items[n].Leave {
		n++
	}
	return items[:n]
}

// carryOutBatch carries out a batch, without items that no longer apply: since the
// plan was made, a chat may have got a message or been archived.
func (e *Engine) carryOutBatch(ctx context.Context, rules *Rules, run *chat.ArchiveRun, batch []chat.ArchiveItem) error {
	if batch[0].Leave {
		if !rules.leavesGroup(batch[0].Chat) {
			return e.Journal.SettleArchiveItems(ctx, run.ID, batch, false)
		}
		if err := e.Account.LeaveGroup(ctx, batch[0].Chat); err != nil {
			return err
		}
		run.Left++
		return e.Journal.SettleArchiveItems(ctx, run.ID, batch, true)
	}
	now := time.Now()
	var act, skip []chat.ArchiveItem
	for _, item := range batch {
		c, err := e.Chats.Chat(ctx, item.Chat)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil && rules.Decide(&c, now).Outcome == OutcomeArchive {
			act = append(act, item)
		} else {
			skip = append(skip, item)
		}
	}
	if len(act) > 0 {
		if err := e.Account.ArchiveChats(ctx, act); err != nil {
			return err
		}
		run.Archived += len(act)
	}
	if err := e.Journal.SettleArchiveItems(ctx, run.ID, skip, false); err != nil {
		return err
	}
	return e.Journal.SettleArchiveItems(ctx, run.ID, act, true)
}

// fail ends a run after an error, or leaves it unfinished if ctx ended.
func (e *Engine) fail(ctx context.Context, run chat.ArchiveRun, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	e.Logger.Warn("Auto-archive run failed", "run", run.ID, "error", cause)
	message := "The run stopped: " + reason(cause) + ". " + doneMessage(run) + " The next run takes up the rest."
	if err := e.finish(ctx, run, v1.RunFailed, message); err != nil {
		return err
	}
	return fmt.Errorf("%w: %w", errRunFailed, cause)
}

// finish records a run's result and reports it.
func (e *Engine) finish(ctx context.Context, run chat.ArchiveRun, result v1.RunResult, message string) error {
	run.FinishedAt, run.Result, run.Message = time.Now(), string(result), message
	if err := e.Journal.FinishArchiveRun(ctx, run); err != nil {
		return err
	}
	e.setLast(run)
	e.Metrics.finished(run)
	return nil
}

func dryRunMessage(run chat.ArchiveRun, items []chat.ArchiveItem) string {
	return fmt.Sprintf("Would act on %d of %d candidates; nothing was changed.", len(items), run.Candidates)
}

func doneMessage(run chat.ArchiveRun) string {
	parts := []string{fmt.Sprintf("Archived %d chats", run.Archived)}
	if run.Left > 0 {
		parts = append(parts, fmt.Sprintf("left %d groups", run.Left))
	}
	return strings.Join(parts, " and ") + fmt.Sprintf(", of %d candidates.", run.Candidates)
}
