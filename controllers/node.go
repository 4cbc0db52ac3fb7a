package controllers

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/controllers/status"
)

// observeNode asks for the node of a pod that may be lost. Nodes are not
// watched: what becomes of a lost one shows in the pod. An operator that is
// limited to namespaces may not read nodes, and knows only what the pod says.
func (r *Reconciler) observeNode(ctx context.Context, s *scope) (status.Node, error) {
	suspect, again := status.Suspect(s.pod, s.now)
	s.comeBack(again)
	if !suspect {
		return status.Node{}, nil
	}
	node := &corev1.Node{}
	err := r.Live.Get(ctx, client.ObjectKey{Name: s.pod.Spec.NodeName}, node)
	switch {
	case apierrors.IsForbidden(err):
		return status.Node{}, nil
	case apierrors.IsNotFound(err):
		return status.Node{Known: true, Gone: true}, nil
	case err != nil:
		return status.Node{}, fmt.Errorf("reading node %s: %w", s.pod.Spec.NodeName, err)
	}
	return stateOfNode(node), nil
}

// stateOfNode reduces a node to whether it answers for its pods.
func stateOfNode(node *corev1.Node) status.Node {
	state := status.Node{Known: true}
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady && condition.Status != corev1.ConditionTrue {
			state.NotReady, state.Since = true, condition.LastTransitionTime.Time
		}
	}
	for _, taint := range node.Spec.Taints {
		if taint.Key == corev1.TaintNodeOutOfService {
			state.OutOfService = true
		}
	}
	return state
}
