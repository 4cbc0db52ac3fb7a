package app

import (
	"context"

	"github.com/wasession/wasession/runtime/volume"
)

// relieve makes room on a full volume: files beyond their bounds go, and what
// was written is moved out of the write-ahead log, which is then cut.
func (a *App) relieve(ctx context.Context) {
	if !a.opened.Load() {
		return
	}
	if err := a.media.Sweep(ctx); err != nil && ctx.Err() == nil {
		a.log.Warn("Media files could not be removed from the full volume", "error", err)
	}
	a.tidy(ctx)
}

// roomForFiles is what downloads may take of the volume: nothing of what is held
// back for the keys of the device.
func (a *App) roomForFiles() int64 {
	room, err := volume.Read(a.opts.Data)
	if err != nil {
		return 0
	}
	return max(room.Free-room.Held(), 0)
}
