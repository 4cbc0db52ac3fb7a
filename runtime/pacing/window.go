package pacing

import "time"

// window is the times at which something was done, ascending, and how often that may
// happen within a time.
type window struct {
	most int
	per  time.Duration
	done []time.Time
}

// next returns when it may happen again, not before a time.
func (w *window) next(t time.Time) time.Time {
	if w.most == 0 || len(w.done) < w.most {
		return t
	}
	if free := w.done[len(w.done)-w.most].Add(w.per); free.After(t) {
		return free
	}
	return t
}

// add notes that it happens at a time, which is not before the last.
func (w *window) add(t time.Time) {
	if w.most > 0 {
		w.done = append(w.done, t)
	}
}
