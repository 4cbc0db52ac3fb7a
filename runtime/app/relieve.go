package app

import (
	"context"

	"github.com/wasession/wasession/runtime/volume"
)

// relieve frees space on a full volume: it removes media beyond their limits and
// truncates the write-ahead log.
func (a *App) relieve(ctx context.Context) {
	if !a.opened.Load() {
		return
	}
	if err := a.media.Sweep(ctx); err != nil && ctx.Err() == nil {
		a.log.Warn("Failed to remove media files from the full volume", "error", err)
	}
	a.tidy(ctx)
}

// roomForFiles returns the space that downloads may use: the free space without
// the reserve for the keys of the device.
func (a *App) roomForFiles() int64 {
	room, err := volume.Read(a.opts.Data)
	if err != nil {
		return 0
	}
	return max(room.Free-room.Held(), 0)
}
