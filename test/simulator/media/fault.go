package media

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Fault makes the media service misbehave for the requests it matches.
type Fault struct {
	Method     string        // empty matches all methods
	PathPrefix string        // for example "/mms/image" or "/v/md-msg-hist"; empty matches all
	Status     int           // answer with this status; 0 lets the request pass after Delay
	RetryAfter time.Duration // Retry-After header, when positive
	Delay      time.Duration // wait before anything else
	Times      int           // how many requests it affects; 0 means until cleared
}

// Faults holds the faults to inject. The zero value injects none. It is safe
// for concurrent use.
type Faults struct {
	mu     sync.Mutex
	active []Fault
}

// Add injects a fault. Earlier faults win over later ones.
func (f *Faults) Add(fault Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.active = append(f.active, fault)
}

// Clear removes all faults.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.active = nil
}

// take returns the first fault that matches and decrements its remaining times.
func (f *Faults) take(method, path string) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.active {
		fault := &f.active[i]
		if fault.Method != "" && fault.Method != method || !strings.HasPrefix(path, fault.PathPrefix) {
			continue
		}
		found := *fault
		if fault.Times == 1 {
			f.active = slices.Delete(f.active, i, i+1)
		} else if fault.Times > 1 {
			fault.Times--
		}
		return found, true
	}
	return Fault{}, false
}

// wrap injects the faults before calling next.
func (f *Faults) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fault, ok := f.take(r.Method, r.URL.Path)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		if !pause(r.Context(), fault.Delay) {
			return
		}
		if fault.Status == 0 {
			next.ServeHTTP(w, r)
			return
		}
		if fault.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(fault.RetryAfter.Seconds())))
		}
		http.Error(w, "injected fault", fault.Status)
	})
}

// pause waits for d and reports false if the request ended first.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
