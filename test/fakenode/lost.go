package fakenode

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// The taints of a lost node.
var (
	taintUnreachable  = corev1.Taint{Key: corev1.TaintNodeUnreachable, Effect: corev1.TaintEffectNoExecute}
	taintOutOfService = corev1.Taint{Key: corev1.TaintNodeOutOfService, Value: "nodeshutdown", Effect: corev1.TaintEffectNoExecute}
)

func (n *Nodes) register(ctx context.Context, name string) error {
	err := n.client.Create(ctx, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("registering node %s: %w", name, err)
	}
	return n.describe(ctx, name, corev1.ConditionTrue)
}

// Lose cuts a node off: nobody hears of it any more, and its processes go on.
// Its pods are told to end, as the cluster does after five minutes.
func (n *Nodes) Lose(ctx context.Context, node string) error {
	n.placing.Lock()
	n.mu.Lock()
	n.lost[node] = true
	for _, p := range n.processes {
		if p.node == node {
			p.runtime.Close()
		}
	}
	n.mu.Unlock()
	n.placing.Unlock()
	if err := n.describe(ctx, node, corev1.ConditionUnknown, taintUnreachable); err != nil {
		return err
	}
	return n.each(ctx, node, func(pod *corev1.Pod) error {
		if len(pod.Status.Conditions) > 0 {
			base := pod.DeepCopy()
			pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionFalse, Reason: "NodeNotReady"}}
			if err := client.IgnoreNotFound(n.client.Status().Patch(ctx, pod, client.MergeFrom(base))); err != nil {
				return err
			}
		}
		return ignoreGone(n.client.Delete(ctx, pod, client.Preconditions{UID: &pod.UID}))
	})
}

// OutOfService is what an administrator says of a lost node that is off: its
// processes have ended, and its pods can go without their kubelet.
func (n *Nodes) OutOfService(ctx context.Context, node string) error {
	n.mu.Lock()
	for uid, p := range n.processes {
		if p.node == node {
			delete(n.processes, uid) // closed by Lose
		}
	}
	n.mu.Unlock()
	if err := n.describe(ctx, node, corev1.ConditionUnknown, taintUnreachable, taintOutOfService); err != nil {
		return err
	}
	return n.each(ctx, node, func(pod *corev1.Pod) error {
		return ignoreGone(n.client.Delete(ctx, pod, client.GracePeriodSeconds(0), client.Preconditions{UID: &pod.UID}))
	})
}

// Return connects a lost node again. Its kubelet ends what it was told to end.
func (n *Nodes) Return(ctx context.Context, node string) error {
	n.mu.Lock()
	delete(n.lost, node)
	var err error
	for _, p := range n.processes {
		if p.node == node && err == nil {
			err = p.runtime.serve()
		}
	}
	n.mu.Unlock()
	if err != nil {
		return err
	}
	if err := n.describe(ctx, node, corev1.ConditionTrue); err != nil {
		return err
	}
	return n.each(ctx, node, func(pod *corev1.Pod) error {
		select {
		case n.woken <- event.TypedGenericEvent[*corev1.Pod]{Object: pod}:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// describe writes the node's readiness and taints.
func (n *Nodes) describe(ctx context.Context, name string, ready corev1.ConditionStatus, taints ...corev1.Taint) error {
	node := &corev1.Node{}
	if err := n.live.Get(ctx, types.NamespacedName{Name: name}, node); err != nil {
		return fmt.Errorf("reading node %s: %w", name, err)
	}
	base := node.DeepCopy()
	node.Spec.Taints = slices.Clone(taints)
	if err := n.client.Patch(ctx, node, client.MergeFrom(base)); err != nil {
		return fmt.Errorf("tainting node %s: %w", name, err)
	}
	base = node.DeepCopy()
	node.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: ready, Reason: "FakeNode", LastTransitionTime: metav1.Now(), LastHeartbeatTime: metav1.Now()}}
	if err := n.client.Status().Patch(ctx, node, client.MergeFrom(base)); err != nil {
		return fmt.Errorf("reporting node %s: %w", name, err)
	}
	return nil
}

// each calls do for every pod of a node.
func (n *Nodes) each(ctx context.Context, node string, do func(*corev1.Pod) error) error {
	pods := &corev1.PodList{}
	if err := n.live.List(ctx, pods, client.MatchingFields{"spec.nodeName": node}); err != nil {
		return fmt.Errorf("listing the pods of node %s: %w", node, err)
	}
	for i := range pods.Items {
		if pod := &pods.Items[i]; n.options.Serves(pod.Namespace) {
			if err := do(pod); err != nil {
				return fmt.Errorf("pod %s of node %s: %w", pod.Name, node, err)
			}
		}
	}
	return nil
}

// ignoreGone drops the error of a deletion whose pod is gone already.
func ignoreGone(err error) error {
	if apierrors.IsConflict(err) {
		return nil
	}
	return client.IgnoreNotFound(err)
}

// enqueue brings a woken pod back.
func enqueue(_ context.Context, e event.TypedGenericEvent[*corev1.Pod], queue workqueue.TypedRateLimitingInterface[reconcile.Request]) {
	queue.Add(reconcile.Request{NamespacedName: client.ObjectKeyFromObject(e.Object)})
}
