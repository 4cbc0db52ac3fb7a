package media

import (
	"context"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

const (
	// sweepEvery is how often old files are removed.
	sweepEvery = 10 * time.Minute
	// sweepBatch is how many files are removed before the index is updated.
	sweepBatch = 100
)

// Run removes files that are too old or exceed the limit, now and every few
// minutes, until the context ends.
func (l *Library) Run(ctx context.Context) {
	ticks := time.NewTicker(sweepEvery)
	defer ticks.Stop()
	for {
		if err := l.Sweep(ctx); err != nil && ctx.Err() == nil {
			l.Log.Warn("Failed to remove old media files", "error", err)
		}
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return
		}
	}
}

// Sweep removes files that are too old or exceed the limit.
func (l *Library) Sweep(ctx context.Context) error {
	if seconds := l.Config().RetentionSeconds; seconds > 0 {
		before := l.Now().Unix() - seconds + 1
		for n := sweepBatch; n > 0; {
			var err error
			if n, err = l.removeOldest(ctx, before, func(chat.MediaFile) bool { return true }); err != nil {
				return err
			}
		}
	}
	return l.makeRoom(ctx)
}

// makeRoom removes the oldest files until the others fit the limit.
func (l *Library) makeRoom(ctx context.Context) error {
	max := l.Config().MaxBytes
	if max <= 0 {
		return nil
	}
	for {
		totals, err := l.Index.MediaTotals(ctx)
		if err != nil || totals.Bytes <= max {
			return err
		}
		excess := totals.Bytes - max
		n, err := l.removeOldest(ctx, 0, func(f chat.MediaFile) bool {
			wanted := excess > 0
			excess -= f.Size
			return wanted
		})
		if n == 0 || err != nil {
			return err
		}
	}
}

// removeOldest removes a batch of the oldest files, up to the first one to keep, and
// returns how many.
func (l *Library) removeOldest(ctx context.Context, before int64, wanted func(chat.MediaFile) bool) (int, error) {
	files, err := l.Index.OldestMedia(ctx, before, sweepBatch)
	if err != nil {
		return 0, err
	}
	var gone []string
	for _, f := range files {
		if !wanted(f) {
			break
		}
		if err := l.remove(ctx, f); err != nil {
			return 0, err
		}
		gone = append(gone, f.Key)
	}
	if len(gone) == 0 {
		return 0, nil
	}
	return len(gone), l.Index.DeleteMedia(ctx, gone...)
}

// remove removes a file. If its bucket is no longer configured, the file is only
// removed from the index.
func (l *Library) remove(ctx context.Context, f chat.MediaFile) error {
	p, err := l.backendOf(f.Bucket)
	if err != nil {
		l.Log.Warn("Media file is unreachable; its record is removed", "bucket", f.Bucket, "error", err)
		return nil
	}
	return p.remove(ctx, f.Path)
}
