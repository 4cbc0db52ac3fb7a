package status

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// Input is everything a status depends on.
type Input struct {
	// Session is the resource, with the status it has now.
	Session *v1alpha1.WhatsAppSession
	// Now stamps conditions that change.
	Now time.Time

	// Paused: the operator changes nothing.
	Paused bool
	// Deleting: the session has a deletion timestamp.
	Deleting bool
	// Problem is what blocks the operator until somebody intervenes.
	Problem *Problem
	// Trouble means that the operator failed to do something and will retry.
	Trouble bool

	// Pod is the session's pod; nil when there is none.
	Pod *corev1.Pod
	// PodOutdated: the pod was made from another template than the present one.
	PodOutdated bool
	// RolloutQueued: the outdated pod waits for its turn.
	RolloutQueued bool

	// Claim is the session's claim; nil when there is none.
	Claim *corev1.PersistentVolumeClaim
	// ClaimName is the name of the session's claim, whether it exists or not.
	ClaimName string

	// Runtime is what is known from the pod itself.
	Runtime Runtime
	// ConfigHash is the hash of the configuration that should be in force.
	ConfigHash string
	// Endpoint is the URL of the chat API.
	Endpoint string
	// ArchiveProblem is why no run of auto-archive can be planned; nil mostly.
	ArchiveProblem *Problem
	// ArchiveRequest is the asked-for archive run that the runtime took on; empty
	// for none.
	ArchiveRequest string
}

// Problem is something a person must act upon.
type Problem struct {
	// Reason is one of the API's reasons.
	Reason string
	// Message says what is wrong and what to do, free of raw errors.
	Message string
}

// Runtime is what is known of the process in the pod.
type Runtime struct {
	// Status is the last report of this very pod; nil when it has made none.
	Status *runtimev1.Status
	// Connected: the status stream is open, so that Status is of now.
	Connected bool
	// Grace: the stream is not open, but has been away so briefly that nothing
	// is concluded from it.
	Grace bool
	// Refused: the pod does not accept the operator's token.
	Refused bool
}
