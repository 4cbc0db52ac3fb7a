package fleet

import (
	"context"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// Await returns once a session is as seen wants it, and at the latest after limit.
// ok is false for a session that does not exist.
func (f *Fleet) Await(ctx context.Context, key types.NamespacedName, limit time.Duration, seen func(s Session, ok bool) bool) {
	wake, take, stop := f.Listen()
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		take()
		if seen(f.Get(key)) {
			return
		}
		select {
		case <-wake:
		case <-ctx.Done():
			return
		}
	}
}
