package status

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// kind is what Ready, Reconciling and Stalled say together.
type kind int

const (
	// settled: Ready. Nothing left to do.
	settled kind = iota
	// progressing: Reconciling. It needs no person.
	progressing
	// stalled: Stalled. A person must act.
	stalled
	// resting: none of the three. The session waits for the phone, or was stopped
	// or paused, and nothing is wrong.
	resting
)

// summary determines the three kstatus conditions.
type summary struct {
	kind            kind
	reason, message string
	// byOperator: the remaining work is the operator's, so a pause stops it.
	byOperator bool
	// reconsider is after how long the summary changes by the passing of time; 0 if
	// it does not.
	reconsider time.Duration
}

// summarize asks from the most important question to the normal case: the first
// answer decides.
func summarize(in Input) summary {
	if in.Deleting {
		return deleting(in)
	}
	s := ask(in, problem, trouble, nodeState, pending, stopped, claimLost, podMissing, podState, runtimeState, served)
	if in.Paused && s.byOperator {
		return summary{kind: resting, reason: v1alpha1.ReasonPaused,
			message: "Changes are pending: the annotation " + v1alpha1.AnnotationPaused + " stops the operator from applying them"}
	}
	return s
}

func ask(in Input, questions ...func(Input) *summary) summary {
	for _, question := range questions {
		if s := question(in); s != nil {
			return *s
		}
	}
	return summary{kind: settled, reason: v1alpha1.ReasonConnected, message: "Connected to WhatsApp and serving the chat API"}
}

func deleting(in Input) summary {
	if lost := nodeState(in); lost != nil && in.Problem == nil {
		return *lost
	}
	message := "The session's objects are being removed"
	if in.Pod != nil {
		message = "The pod is terminating"
	}
	if in.Problem != nil {
		message = in.Problem.Message
	}
	return summary{kind: progressing, reason: v1alpha1.ReasonDeleting, message: message}
}

func problem(in Input) *summary {
	if in.Problem == nil {
		return nil
	}
	return lasting(in, in.ProblemSince, in.Patience.Blip, summary{reason: in.Problem.Reason, message: in.Problem.Message})
}

// trouble counts only until the spec was seen to be in force: a failed request to
// the API server says nothing about a session that works or is stopped.
func trouble(in Input) *summary {
	if before := summaryBefore(in); !in.Trouble || before != nil && before.kind != progressing {
		return nil
	}
	return &summary{kind: progressing, reason: v1alpha1.ReasonUnknown, byOperator: true,
		message: "A request to the cluster failed and will be retried; see the operator's log"}
}

func pending(in Input) *summary {
	if in.Pending == "" {
		return nil
	}
	return &summary{kind: progressing, reason: v1alpha1.ReasonProgressing, message: in.Pending, byOperator: true}
}

func stopped(in Input) *summary {
	if in.Session.Spec.State != v1alpha1.SessionStopped {
		return nil
	}
	if in.Pod == nil {
		return &summary{kind: resting, reason: v1alpha1.ReasonStopped,
			message: "Stopped by spec.state; volume and pairing are kept"}
	}
	return &summary{kind: progressing, reason: v1alpha1.ReasonStopping, message: "The pod is terminating", byOperator: in.Pod.DeletionTimestamp == nil}
}

func claimLost(in Input) *summary {
	if in.Claim == nil || in.Claim.Status.Phase != "Lost" {
		return nil
	}
	return &summary{kind: stalled, reason: v1alpha1.ReasonStorageLost,
		message: fmt.Sprintf("Claim %s has lost its volume, and with it the pairing: restore the volume from a backup, or delete the claim and the session and pair again", in.ClaimName)}
}

// runtimeState returns what the runtime itself reports.
func runtimeState(in Input) *summary {
	if in.Runtime.Status == nil || !in.Runtime.Connected && !in.Runtime.Grace {
		return unreachable(in)
	}
	report := in.Runtime.Status
	if s := reported(report); s != nil && s.kind == stalled {
		return s
	}
	if report.ConfigError != "" {
		return &summary{kind: stalled, reason: v1alpha1.ReasonInvalidConfiguration,
			message: sentence(report.ConfigError, "The runtime cannot use the configuration")}
	}
	if report.ConfigHash != in.ConfigHash {
		return &summary{kind: progressing, reason: v1alpha1.ReasonConfigurationPending, byOperator: true,
			message: "The runtime has not applied the latest configuration yet"}
	}
	return reported(report)
}

// unreachable covers a running pod that has no open status stream.
func unreachable(in Input) *summary {
	switch {
	case in.Runtime.Refused:
		return &summary{kind: progressing, reason: v1alpha1.ReasonRuntimeUnreachable,
			message: "The runtime rejects the operator's token: its pod runs an earlier version or has not read its configuration yet"}
	case in.Runtime.Grace:
		if before := summaryBefore(in); before != nil && fromRuntime(before.reason) {
			// The operator has just started, or the stream is being reopened:
			// assume that nothing has changed.
			return before
		}
		return &summary{kind: progressing, reason: v1alpha1.ReasonPodStarting, message: "The runtime is starting"}
	default:
		return &summary{kind: progressing, reason: v1alpha1.ReasonRuntimeUnreachable,
			message: fmt.Sprintf("The pod is running but does not respond to the operator on port %d: check whether a NetworkPolicy blocks it", runtimev1.Port)}
	}
}

// conditions returns Ready, Reconciling and Stalled.
func (s summary) conditions() []metav1.Condition {
	condition := func(conditionType string, holds kind, otherwise string) metav1.Condition {
		if s.kind == holds {
			return metav1.Condition{Type: conditionType, Status: metav1.ConditionTrue, Reason: s.reason, Message: s.message}
		}
		return metav1.Condition{Type: conditionType, Status: metav1.ConditionFalse, Reason: v1alpha1.ReasonSettled, Message: otherwise}
	}
	ready := metav1.Condition{Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse, Reason: s.reason, Message: s.message}
	if s.kind == settled {
		ready.Status = metav1.ConditionTrue
	}
	return []metav1.Condition{
		ready,
		condition(v1alpha1.ConditionReconciling, progressing, "No changes in progress"),
		condition(v1alpha1.ConditionStalled, stalled, "Nothing blocks progress"),
	}
}
