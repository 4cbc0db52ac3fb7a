package status

import "time"

// Patience is how long what may pass by itself counts as Reconciling before it
// counts as Stalled, so that a blip does not alarm anybody.
type Patience struct {
	// Blip is for what rarely passes by itself: an image that cannot be pulled, a
	// runtime that exits, a Secret that does not exist.
	Blip time.Duration
	// Wait is for what the cluster often solves: a lost node, no node with room, a
	// volume that is not attached.
	Wait time.Duration
}

// lasting returns a summary that is progressing, and stalled once it has lasted
// for the patience. What is stalled already stays so: a moment in which the
// clocks differ does not end it. An unknown beginning is long ago.
func lasting(in Input, since time.Time, patience time.Duration, s summary) *summary {
	s.kind = stalled
	left := min(since.Add(patience).Sub(in.Now), patience)
	if left > 0 && !stalledBefore(in, s.reason) {
		s.kind, s.reconsider = progressing, left
	}
	return &s
}

// stalledBefore reports whether the session is Stalled for this reason at this
// generation.
func stalledBefore(in Input, reason string) bool {
	before := summaryBefore(in)
	return before != nil && before.kind == stalled && before.reason == reason
}

// Reconsider returns after how long the status changes by the passing of time
// alone; 0 if it does not.
func Reconsider(in Input) time.Duration {
	return summarize(in).reconsider
}
