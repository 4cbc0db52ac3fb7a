package status

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// Node is what is known about a pod's node. The zero value means nothing: it was
// not asked for, or the operator may not read nodes.
type Node struct {
	// Known: the operator has asked the cluster.
	Known bool
	// Gone: there is no such node.
	Gone bool
	// NotReady: the node does not report to the cluster, or reports trouble.
	NotReady bool
	// Since is when it became not ready.
	Since time.Time
	// OutOfService: somebody has declared with a taint that the node is shut down.
	OutOfService bool
}

const (
	// overdueAfter is how long past its grace period a pod may be terminating.
	overdueAfter = 30 * time.Second
	// unreadyAfter is how long a pod may be unready, as all are while they start.
	unreadyAfter = 30 * time.Second
)

// Suspect reports whether the pod's node may be lost, so that it is worth asking
// for it. If it may be later, again says when to look.
func Suspect(pod *corev1.Pod, now time.Time) (suspect bool, again time.Duration) {
	if pod == nil || pod.Spec.NodeName == "" {
		return false, 0
	}
	if pod.DeletionTimestamp != nil {
		left := pod.DeletionTimestamp.Add(overdueAfter).Sub(now)
		return left <= 0, max(left, 0)
	}
	ready := podCondition(pod, corev1.PodReady)
	if ready == nil || ready.Status == corev1.ConditionTrue {
		return false, 0
	}
	left := ready.LastTransitionTime.Add(unreadyAfter).Sub(now)
	return left <= 0, max(left, 0)
}

// nodeState covers a pod whose node does not answer for it. Nobody but its node
// can say that a pod has ended, so the session waits; people are told what they
// can do.
func nodeState(in Input) *summary {
	pod := in.Pod
	if suspect, _ := Suspect(pod, in.Now); !suspect {
		return nil
	}
	overdue, node := pod.DeletionTimestamp != nil, pod.Spec.NodeName
	since := in.Node.Since
	if overdue && (since.IsZero() || pod.DeletionTimestamp.Time.Before(since)) {
		since = pod.DeletionTimestamp.Time // includes the grace period
	}
	s := summary{kind: progressing, reason: v1alpha1.ReasonNodeLost}
	switch {
	case in.Node.OutOfService:
		s.message = fmt.Sprintf("Node %s is marked as out of service: the cluster removes the pod, and the session starts on another node", node)
		return &s
	case in.Node.Gone:
		s.message = fmt.Sprintf("Node %s no longer exists: the cluster's pod garbage collector removes its pod, and the session starts on another node", node)
		return lasting(in, since, in.Patience.Wait, s)
	case in.Node.NotReady && !overdue && in.Runtime.Connected:
		s.message = fmt.Sprintf("Node %s is not ready, so the Service does not lead to the pod, which still runs", node)
		return &s
	case in.Node.NotReady:
		s.message = fmt.Sprintf("Node %s is not ready. %s", node, wayOut(node))
		return lasting(in, since, in.Patience.Wait, s)
	case overdue && in.Node.Known:
		s.reason = v1alpha1.ReasonPodStuck
		s.message = fmt.Sprintf("The pod should have ended, but node %s, which is ready, does not confirm it: see kubectl describe pod %s. %s", node, pod.Name, neverForced)
		return lasting(in, since, in.Patience.Wait, s)
	case overdue:
		s.message = fmt.Sprintf("The pod should have ended, but node %s does not confirm it. %s", node, wayOut(node))
		return lasting(in, since, in.Patience.Wait, s)
	default:
		return nil
	}
}

const neverForced = "The operator never force-deletes a pod, as two pods must not share a number"

func wayOut(node string) string {
	return fmt.Sprintf("Bring the node back. If it is certain that the node is shut down, run kubectl taint nodes %s %s=nodeshutdown:NoExecute: the cluster then removes the pod, and the session starts on another node. %s",
		node, corev1.TaintNodeOutOfService, neverForced)
}

func podCondition(pod *corev1.Pod, conditionType corev1.PodConditionType) *corev1.PodCondition {
	for i := range pod.Status.Conditions {
		if pod.Status.Conditions[i].Type == conditionType {
			return &pod.Status.Conditions[i]
		}
	}
	return nil
}
