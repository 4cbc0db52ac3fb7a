package command

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// reasonUnseen is for a session of which the operator has said nothing yet.
const reasonUnseen = "NotSeenYet"

// rolloutState is how far the rollouts in a fleet are.
type rolloutState struct {
	Sessions int `json:"sessions"`
	UpToDate int `json:"upToDate"`
	// Outdated are the others.
	Outdated []outdated `json:"outdated"`
}

// outdated is a session that is not up to date.
type outdated struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Reason    string `json:"reason"`
	Message   string `json:"message,omitempty"`
}

func rolloutOf(sessions []*v1alpha1.WhatsAppSession) rolloutState {
	state := rolloutState{Sessions: len(sessions), Outdated: []outdated{}}
	for _, s := range sessions {
		c := meta.FindStatusCondition(s.Status.Conditions, v1alpha1.ConditionUpdated)
		row := outdated{Namespace: s.Namespace, Name: s.Name}
		switch {
		case c == nil || c.ObservedGeneration < s.Generation || c.Reason == v1alpha1.ReasonPaused && s.Annotations[v1alpha1.AnnotationPaused] != "true":
			row.Reason, row.Message = reasonUnseen, "The operator has not looked at the session yet"
		case c.Status == metav1.ConditionTrue:
			state.UpToDate++
			continue
		default:
			row.Reason, row.Message = c.Reason, c.Message
		}
		state.Outdated = append(state.Outdated, row)
	}
	slices.SortFunc(state.Outdated, func(a, b outdated) int {
		return cmp.Or(cmp.Compare(order(a.Reason), order(b.Reason)), cmp.Compare(a.Reason, b.Reason),
			cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return state
}

// order has what needs somebody first.
func order(reason string) int {
	switch reason {
	case v1alpha1.ReasonUpdateFailed:
		return 0
	case v1alpha1.ReasonRolloutHeld:
		return 1
	}
	if goesOn(reason) {
		return 3
	}
	return 2
}

// goesOn says whether a session comes up to date without anybody who acts.
func goesOn(reason string) bool {
	switch reason {
	case reasonUnseen, v1alpha1.ReasonRolloutQueued, v1alpha1.ReasonPodReplacing, v1alpha1.ReasonWaitingForWindow:
		return true
	}
	return false
}

// moves says whether some session will come up to date by itself.
func (r rolloutState) moves() bool {
	return slices.ContainsFunc(r.Outdated, func(o outdated) bool { return goesOn(o.Reason) })
}

// byReason are the outdated sessions in groups.
func (r rolloutState) byReason() (groups [][]outdated) {
	for rest := r.Outdated; len(rest) > 0; {
		end := slices.IndexFunc(rest, func(o outdated) bool { return o.Reason != rest[0].Reason })
		if end < 0 {
			end = len(rest)
		}
		groups, rest = append(groups, rest[:end]), rest[end:]
	}
	return groups
}

// String is the state on one line.
func (r rolloutState) String() string {
	var line strings.Builder
	fmt.Fprintf(&line, "%d of %d up to date", r.UpToDate, r.Sessions)
	for _, group := range r.byReason() {
		fmt.Fprintf(&line, ", %d %s", len(group), group[0].Reason)
	}
	return line.String()
}
