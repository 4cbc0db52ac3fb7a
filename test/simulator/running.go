package simulator

import "sync"

// running tracks the goroutines that Close waits for.
type running struct {
	mu    sync.Mutex
	ended bool
	wg    sync.WaitGroup
}

// start runs f on a goroutine. It returns false if the Server is closing, and f
// does not run.
func (r *running) start(f func()) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return false
	}
	r.wg.Go(f)
	return true
}

// enter counts the caller as one of the goroutines until it calls wg.Done. It
// returns false if the Server is closing.
func (r *running) enter() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.ended {
		r.wg.Add(1)
	}
	return !r.ended
}

// end prevents further goroutines from starting.
func (r *running) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
}
