package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// TerminationReason is why a session's container or pod ended.
type TerminationReason string

const (
	// TerminationOOMKilled: the container exceeded its memory limit.
	TerminationOOMKilled TerminationReason = "OOMKilled"
	// TerminationExited: the runtime exited by itself, with exitCode.
	TerminationExited TerminationReason = "Exited"
	// TerminationEvicted: the pod was evicted: by a drain of its node, or by a node
	// that was short of memory or disk.
	TerminationEvicted TerminationReason = "Evicted"
	// TerminationPreempted: the pod made room for one of a higher priority.
	TerminationPreempted TerminationReason = "Preempted"
	// TerminationNodeTainted: a taint of the node, such as that of an unreachable
	// node, removed the pod.
	TerminationNodeTainted TerminationReason = "NodeTainted"
	// TerminationNodeShutdown: the node was shut down.
	TerminationNodeShutdown TerminationReason = "NodeShutdown"
	// TerminationNodeGone: the cluster removed the pod of a node that is no more, or
	// is out of service.
	TerminationNodeGone TerminationReason = "NodeGone"
	// TerminationRejected: the node did not take the pod.
	TerminationRejected TerminationReason = "Rejected"
)

// TerminationStatus is an unplanned end of a session's container or pod.
type TerminationStatus struct {
	// reason is OOMKilled, Exited, Evicted, Preempted, NodeTainted, NodeShutdown,
	// NodeGone or Rejected.
	// +required
	Reason TerminationReason `json:"reason"`

	// exitCode is the exit code of the container, if it exited.
	// +optional
	ExitCode *int32 `json:"exitCode,omitempty"`

	// time is when it ended.
	// +required
	Time metav1.Time `json:"time"`
}
