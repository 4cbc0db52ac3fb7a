package rollout

import "time"

// Case is a pod that was made from an older template than the one now wanted.
type Case struct {
	Now time.Time
	// Running: the pod's program runs, so that a replacement interrupts something.
	Running bool
	// Worked: the session has been ready with the template that the pod was made
	// from, and does not fail with it.
	Worked bool
	// Unheard: the operator has just started, and will know soon what the session
	// does.
	Unheard bool
	// Paired: a number depends on the pod, as far as is known.
	Paired bool
	// ByUser: fields of the session itself ask for another pod.
	ByUser bool
	// Strategy is when the operator's changes may replace the pod.
	Strategy Strategy
	// Trials is how the operator's new template has fared on other sessions.
	Trials Trials
	// MaxFailures is how many sessions may fail with one template; at least 1.
	MaxFailures int
}

// Trials is how sessions fare with one template of the operator.
type Trials struct {
	// Failed is how many sessions worked with another template and fail with this
	// one.
	Failed int
	// Proven: at least one session has been ready with this one.
	Proven bool
}

// Strategy is when a pod that only the operator's template outdates is replaced.
// The zero value replaces it as soon as it is its turn.
type Strategy struct {
	// OnDelete never replaces it: somebody deletes the pod.
	OnDelete bool
	// Window limits replacements to some hours.
	Window *Window
}

// Action is what to do with an outdated pod.
type Action int

const (
	// Replace deletes the pod now.
	Replace Action = iota
	// TakeTurn deletes it once a slot is granted.
	TakeTurn
	// Hold waits until the operator's template no longer fails.
	Hold
	// AwaitWindow waits until the window opens.
	AwaitWindow
	// AwaitDelete waits until somebody deletes the pod.
	AwaitDelete
	// AwaitReport waits until the session is heard of.
	AwaitReport
)

// Decision is an action and its details.
type Decision struct {
	Action Action
	// Request is for TakeTurn.
	Request Request
	// Opens is when the window opens, for AwaitWindow; zero if it never does.
	Opens time.Time
}

// Decide returns what to do with an outdated pod.
//
// A user's change waits for neither window nor deletion: who edits a session
// expects the edit to take effect. It does wait while the operator's template
// fails, as the new pod would be made from that too.
//
// A pod that does not run is replaced at once, as one that is missing, unless the
// operator's template may be worse: its node may start it again as it was, after a
// reboot for example. So it is not replaced by a template that fails, and one that
// worked takes its turn until somebody else works with the new one. A user's change
// may be what makes it run.
func Decide(c Case) Decision {
	failures := max(c.MaxFailures, 1)
	fails := c.Trials.Failed >= failures
	if !c.Running {
		switch {
		case c.ByUser:
			return Decision{Action: Replace}
		case fails:
			return Decision{Action: Hold}
		case c.Worked && !c.Trials.Proven:
			return Decision{Action: TakeTurn, Request: Request{Limit: failures}}
		default:
			return Decision{Action: Replace}
		}
	}
	if !c.ByUser {
		if c.Strategy.OnDelete {
			return Decision{Action: AwaitDelete}
		}
		if c.Strategy.Window != nil {
			if open, opens := c.Strategy.Window.At(c.Now); !open {
				return Decision{Action: AwaitWindow, Opens: opens}
			}
		}
	}
	switch {
	case fails:
		return Decision{Action: Hold}
	case c.Unheard:
		return Decision{Action: AwaitReport}
	case !c.Paired:
		return Decision{Action: Replace}
	case !c.Trials.Proven:
		// Nobody knows yet whether the template works: risk no more sessions than may
		// fail.
		return Decision{Action: TakeTurn, Request: Request{First: c.ByUser, Limit: failures}}
	default:
		return Decision{Action: TakeTurn, Request: Request{First: c.ByUser}}
	}
}
