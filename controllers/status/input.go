package status

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// Input is everything a status depends on.
type Input struct {
	// Session is the resource, with its current status.
	Session *v1alpha1.WhatsAppSession
	// Now is the transition time of conditions that change.
	Now time.Time

	// ShortenNumbers: the status does not have the whole number.
	ShortenNumbers bool

	// Paused: the operator makes no changes.
	Paused bool
	// Deleting: the session has a deletion timestamp.
	Deleting bool
	// Problem is what blocks the operator until a person intervenes.
	Problem *Problem
	// ProblemSince is when the problem began, if it may pass by itself; zero if not.
	ProblemSince time.Time
	// Trouble: a request of the operator failed and will be retried.
	Trouble bool

	// Pending is what the operator waits for to bring the spec into effect; empty
	// for nothing.
	Pending string

	// Pod is the session's pod, or nil.
	Pod *corev1.Pod
	// Node is what is known about the pod's node; asked only if Suspect says so.
	Node Node
	// Failures are the pods of the session that failed one after the other.
	Failures Failures
	// Patience is how long what may pass by itself is waited for.
	Patience Patience
	// PodOutdated: the pod was created from an outdated template.
	PodOutdated bool
	// OwnChange: it is, because fields of the session changed.
	OwnChange bool
	// Waiting is what keeps the outdated pod: its turn, a window, somebody who
	// deletes it. Nil for a pod that is being replaced.
	Waiting *Problem
	// Template is what the pod was made of.
	Template Template

	// LoggedOut: the session is being deleted, and has unlinked its device for that.
	LoggedOut bool

	// Claim is the session's claim, or nil.
	Claim *corev1.PersistentVolumeClaim
	// ClaimName is the name of the session's claim, whether it exists or not.
	ClaimName string

	// Runtime is what the pod itself reports.
	Runtime Runtime
	// ConfigHash is the hash of the configuration that the runtime should use.
	ConfigHash string
	// Endpoint is the URL of the chat API.
	Endpoint string
	// Exposure is how the chat API is reached from outside the cluster.
	Exposure Exposure
	// ArchiveProblem is why auto-archive runs cannot be scheduled; nil if they can.
	ArchiveProblem *Problem
	// ArchiveRequest is the on-demand archive run that the runtime accepted;
	// empty for none.
	ArchiveRequest string
}

// Problem is something that a person must fix.
type Problem struct {
	// Reason is a condition reason of the API.
	Reason string
	// Message says what is wrong and what to do, without raw errors.
	Message string
}

// Runtime is what is known about the process in the pod.
type Runtime struct {
	// Status is the last report of the current pod, or nil.
	Status *runtimev1.Status
	// Connected: the status stream is open, so Status is current.
	Connected bool
	// Grace: the stream has been closed too briefly to draw conclusions.
	Grace bool
	// Refused: the pod rejects the operator's token.
	Refused bool
}
