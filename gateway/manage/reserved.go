package manage

import (
	"sync"

	"k8s.io/apimachinery/pkg/types"
)

// reserved are the names of sessions that calls to this replica create at this moment:
// server-side apply would let two calls for one name both succeed.
type reserved struct {
	mu    sync.Mutex
	names map[types.NamespacedName]bool
}

// take reserves a name, unless another call has it.
func (r *reserved) take(name types.NamespacedName) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.names[name] {
		return false
	}
	if r.names == nil {
		r.names = map[types.NamespacedName]bool{}
	}
	r.names[name] = true
	return true
}

func (r *reserved) free(name types.NamespacedName) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.names, name)
}
