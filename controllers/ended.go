package controllers

import (
	"sync"

	"k8s.io/apimachinery/pkg/types"
)

// endedPods remembers the last pod that was deleted of each session, as the cache
// may not show that for a moment. Without it, a reconcile that follows immediately
// would tell it twice.
type endedPods struct {
	mu   sync.Mutex
	pods map[types.NamespacedName]types.UID
}

// first reports whether the pod is told for the first time.
func (e *endedPods) first(session types.NamespacedName, pod types.UID) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.pods == nil {
		e.pods = map[types.NamespacedName]types.UID{}
	}
	told := e.pods[session] == pod
	e.pods[session] = pod
	return !told
}

func (e *endedPods) forget(session types.NamespacedName) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.pods, session)
}
