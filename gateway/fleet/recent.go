package fleet

import (
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// mostRecent limits what is remembered of recent changes.
const mostRecent = 10 * time.Minute

// remember notes that a session has changed. The caller holds the lock.
func (f *Fleet) remember(key types.NamespacedName, now time.Time) {
	f.recent[key] = now
	if now.Sub(f.pruned) < mostRecent {
		return
	}
	f.pruned = now
	for old, at := range f.recent {
		if now.Sub(at) > mostRecent {
			delete(f.recent, old)
		}
	}
}

// Recent returns the keys of the sessions that have changed, come or gone within a
// time of at most ten minutes.
func (f *Fleet) Recent(within time.Duration) []types.NamespacedName {
	since := time.Now().Add(-within)
	f.mu.RLock()
	defer f.mu.RUnlock()
	var keys []types.NamespacedName
	for key, at := range f.recent {
		if at.After(since) {
			keys = append(keys, key)
		}
	}
	return keys
}
