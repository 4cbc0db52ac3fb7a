package doctor

import (
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// unseenAfter is how long the operator may take to see a new session.
const unseenAfter = time.Minute

// order is that of the conditions: what holds the session up is first.
var order = []string{v1alpha1.ConditionStalled, v1alpha1.ConditionReady}

func (c *chart) conditions() {
	s := c.facts.Session
	if len(s.Status.Conditions) == 0 {
		if c.facts.Now.Sub(s.CreationTimestamp.Time) >= unseenAfter {
			c.record("OperatorSilent", "The operator has not seen the session.", advice{
				do: "Check that an operator runs, and that its --watch-namespaces and --watch-label-selector cover the session: kubectl get pods -A -l app.kubernetes.io/name=wasession",
			})
		}
		return
	}
	all := slices.Clone(s.Status.Conditions)
	slices.SortStableFunc(all, func(a, b metav1.Condition) int { return rank(a) - rank(b) })
	for _, condition := range all {
		if c.wrong(condition) {
			c.add(condition.Reason, fmt.Sprintf("%s is %s: %s", condition.Type, condition.Status, strings.TrimSpace(condition.Message)))
		}
	}
}

func rank(condition metav1.Condition) int {
	if at := slices.Index(order, condition.Type); at >= 0 {
		return at
	}
	return len(order)
}

// wrong says whether a condition is a finding. What the session does by itself is one
// only if it takes too long.
func (c *chart) wrong(condition metav1.Condition) bool {
	switch condition.Type {
	case v1alpha1.ConditionStalled:
		return condition.Status == metav1.ConditionTrue
	case v1alpha1.ConditionReconciling:
		return false // Ready has the same reason
	}
	known, listed := advices[condition.Reason]
	return condition.Status != metav1.ConditionTrue && listed && c.facts.Now.Sub(condition.LastTransitionTime.Time) >= known.after
}

// unwell says whether the session is not ready, and is meant to be.
func (c *chart) unwell() bool { return Unwell(c.facts.Session) }

// Unwell says whether a session is stalled, or not ready though it is to run.
func Unwell(s *v1alpha1.WhatsAppSession) bool {
	ready, stalled := false, false
	for _, condition := range s.Status.Conditions {
		switch condition.Type {
		case v1alpha1.ConditionReady:
			ready = condition.Status == metav1.ConditionTrue
		case v1alpha1.ConditionStalled:
			stalled = condition.Status == metav1.ConditionTrue
		}
	}
	return stalled || !ready && s.Spec.State != v1alpha1.SessionStopped
}
