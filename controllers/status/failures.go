package status

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// Failures counts pods that failed one after the other.
type Failures struct {
	Count int
	// Since is when the first of them failed.
	Since time.Time
}

// manyFailures are no coincidence.
const manyFailures = 3

// failing covers a pod that has ended, and the one that follows many such pods,
// until it is ready.
func failing(in Input) *summary {
	over := ended(in.Pod)
	why := "The pod has ended"
	if last := lastTermination(in); last != nil {
		why = Explain(last)
	}
	switch {
	case in.Failures.Count >= manyFailures && !podReady(in.Pod) && (over || in.Pod.Status.Phase != corev1.PodRunning):
		return lasting(in, in.Failures.Since, in.Patience.Wait, summary{reason: v1alpha1.ReasonPodFailed, byOperator: over,
			message: fmt.Sprintf("%d pods in a row have failed. %s. The next attempt is made after at most 5 minutes", in.Failures.Count, why)})
	case over:
		return &summary{kind: progressing, reason: v1alpha1.ReasonPodReplacing, byOperator: true, message: why + ": another one is made"}
	default:
		return nil
	}
}
