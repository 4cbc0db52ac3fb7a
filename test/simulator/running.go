package simulator

import "sync"

// running are the goroutines that Close waits for.
type running struct {
	mu    sync.Mutex
	ended bool
	wg    sync.WaitGroup
}

// start runs f on a goroutine; false says that the Server closes and f does not
// run.
func (r *running) start(f func()) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return false
	}
	r.wg.Go(f)
	return true
}

// enter counts the caller as one of the goroutines until it calls wg.Done; false
// says that the Server closes.
func (r *running) enter() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.ended {
		r.wg.Add(1)
	}
	return !r.ended
}

// end lets no further goroutine start.
func (r *running) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
}
