package archive

import (
	"context"
	"time"
)

// due returns the scheduled time that is due now (zero: none), or how long to wait
// before asking again. Runs missed while the process was down are made up for by one
// late run. Time counts from when a schedule was first seen, so that a new or changed
// one does not start with a run that it "missed" before it existed.
func (e *Engine) due(ctx context.Context) (due time.Time, wait time.Duration, err error) {
	e.mu.Lock()
	schedule, config := e.policies.schedule, e.policies.config
	e.mu.Unlock()
	if schedule == nil {
		e.setNext(time.Time{})
		return time.Time{}, recheck, nil
	}
	now := time.Now()
	spec, since, ok, err := e.Journal.ArchiveSchedule(ctx)
	if err != nil {
		return time.Time{}, 0, err
	}
	// Runs that fall into a suspension are not made up for.
	if !ok || spec != schedule.spec || config.Suspend {
		since = now
		if err := e.Journal.SaveArchiveSchedule(ctx, schedule.spec, since); err != nil {
			return time.Time{}, 0, err
		}
	}
	if config.Suspend {
		e.setNext(time.Time{})
		return time.Time{}, recheck, nil
	}
	next := schedule.Next(since)
	if next.IsZero() {
		e.setNext(time.Time{})
		return time.Time{}, recheck, nil
	}
	if !next.After(now) {
		return next, 0, nil
	}
	e.setNext(next)
	return time.Time{}, min(next.Sub(now), recheck), nil
}

// taken records that everything due until now has been handled.
func (e *Engine) taken(ctx context.Context, now time.Time) error {
	e.mu.Lock()
	schedule := e.policies.schedule
	e.mu.Unlock()
	if schedule == nil {
		return nil
	}
	return e.Journal.SaveArchiveSchedule(ctx, schedule.spec, now)
}

func (e *Engine) setNext(next time.Time) {
	e.mu.Lock()
	before := e.status.NextRunTime
	e.status.NextRunTime = nil
	if !next.IsZero() {
		e.status.NextRunTime = &next
	}
	changed := (before == nil) != (e.status.NextRunTime == nil) || (before != nil && !before.Equal(next))
	e.mu.Unlock()
	if changed && e.OnChange != nil {
		e.OnChange()
	}
}
