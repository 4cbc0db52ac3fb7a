package v1alpha1

// Reasons for a session whose pod is, or is not, made from the current template
// (Updated). RolloutHeld also stalls a session whose own change waits.
const (
	// ReasonUpToDate: the pod was made from the current template, or there is no
	// pod.
	ReasonUpToDate = "UpToDate"
	// ReasonRolloutHeld: the rollout of the operator's template has stopped,
	// because too many sessions fail with it. The message names one. It goes on by
	// itself once that session is ready, stopped or deleted, or once the operator's
	// template is another one.
	ReasonRolloutHeld = "RolloutHeld"
	// ReasonWaitingForWindow: the pod is replaced when the window of the update
	// strategy opens.
	ReasonWaitingForWindow = "WaitingForWindow"
	// ReasonWaitingForDelete: the update strategy is OnDelete: the pod is replaced
	// once somebody deletes it.
	ReasonWaitingForDelete = "WaitingForDelete"
	// ReasonUpdateFailed: the pod was made from the current template, and the
	// session, which had worked with another one, fails with it.
	ReasonUpdateFailed = "UpdateFailed"
)
