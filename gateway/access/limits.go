package access

import (
	"sync"

	"golang.org/x/time/rate"
)

// Limits bounds how many calls each caller makes.
type Limits struct {
	// PerSecond is how many calls a second a caller may make, and Burst how many at
	// once. No calls are refused if PerSecond is 0.
	PerSecond, Burst int

	mu      sync.Mutex
	callers map[string]*rate.Limiter
}

// mostCallers limits the callers that are kept. One that is forgotten starts afresh.
const mostCallers = 10_000

// Take counts a call, and reports false for one too many.
func (l *Limits) Take(caller string) bool {
	if l.PerSecond <= 0 {
		return true
	}
	l.mu.Lock()
	limiter, ok := l.callers[caller]
	if !ok {
		if l.callers == nil || len(l.callers) >= mostCallers {
			l.callers = map[string]*rate.Limiter{}
		}
		limiter = rate.NewLimiter(rate.Limit(l.PerSecond), max(l.Burst, 1))
		l.callers[caller] = limiter
	}
	l.mu.Unlock()
	return limiter.Allow()
}
