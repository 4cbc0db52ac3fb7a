package forward

import (
	"sync"

	"k8s.io/apimachinery/pkg/types"
)

// bounds limits the calls that are with each pod, so that one that hangs holds no
// more than its share.
type bounds struct {
	most int

	mu    sync.Mutex
	calls map[types.UID]int
}

// enter takes a place at a pod. It reports false if there is none; otherwise leave
// gives it back.
func (b *bounds) enter(pod types.UID) (leave func(), ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.calls[pod] >= b.most {
		return nil, false
	}
	b.calls[pod]++
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.calls[pod]--; b.calls[pod] == 0 {
			delete(b.calls, pod)
		}
	}, true
}
