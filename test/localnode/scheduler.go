package localnode

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// scheduler assigns every pod without a node to the only node, once its claims
// are bound.
type scheduler struct {
	client client.Client
	node   string
}

func (s *scheduler) setup(manager ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(manager).Named("localnode-scheduler").
		For(&corev1.Pod{}).
		Watches(&corev1.PersistentVolumeClaim{}, handler.EnqueueRequestsFromMapFunc(s.podsOfClaim)).
		WithOptions(controller.Options{SkipNameValidation: ptr.To(true)}).
		Complete(s)
}

func (s *scheduler) podsOfClaim(ctx context.Context, claim client.Object) []reconcile.Request {
	return podsThat(ctx, s.client, claim.GetNamespace(), func(pod *corev1.Pod) bool {
		return pod.Spec.NodeName == "" && slices.Contains(claimsOf(pod), claim.GetName())
	})
}

// Reconcile binds one pod, or records on it why it cannot run yet.
func (s *scheduler) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	pod := &corev1.Pod{}
	if err := s.client.Get(ctx, request.NamespacedName, pod); err != nil {
		return reconcile.Result{}, client.IgnoreNotFound(err)
	}
	if pod.Spec.NodeName != "" || pod.DeletionTimestamp != nil || len(pod.Spec.SchedulingGates) > 0 {
		return reconcile.Result{}, nil
	}
	obstacle, err := s.obstacle(ctx, pod)
	if err != nil {
		return reconcile.Result{}, err
	}
	if obstacle != "" {
		return reconcile.Result{}, s.postpone(ctx, pod, obstacle)
	}
	err = s.client.SubResource("binding").Create(ctx, pod, &corev1.Binding{
		ObjectMeta: metav1.ObjectMeta{UID: pod.UID},
		Target:     corev1.ObjectReference{Kind: "Node", Name: s.node},
	})
	if apierrors.IsConflict(err) || apierrors.IsNotFound(err) { // already bound or gone
		return reconcile.Result{}, nil
	}
	return reconcile.Result{}, err
}

// obstacle returns why the pod cannot run on the node now; empty if it can.
func (s *scheduler) obstacle(ctx context.Context, pod *corev1.Pod) (string, error) {
	node := &corev1.Node{}
	if err := s.client.Get(ctx, types.NamespacedName{Name: s.node}, node); err != nil {
		return "", err
	}
	if !labels.SelectorFromSet(pod.Spec.NodeSelector).Matches(labels.Set(node.Labels)) {
		return "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.", nil
	}
	for _, name := range claimsOf(pod) {
		claim := &corev1.PersistentVolumeClaim{}
		err := s.client.Get(ctx, types.NamespacedName{Namespace: pod.Namespace, Name: name}, claim)
		if apierrors.IsNotFound(err) {
			return fmt.Sprintf("0/1 nodes are available: persistentvolumeclaim %q not found.", name), nil
		}
		if err != nil {
			return "", err
		}
		if claim.Status.Phase != corev1.ClaimBound {
			return fmt.Sprintf("0/1 nodes are available: persistentvolumeclaim %q is not bound.", name), nil
		}
	}
	return "", nil
}

func (s *scheduler) postpone(ctx context.Context, pod *corev1.Pod, obstacle string) error {
	changed := pod.DeepCopy()
	setCondition(&changed.Status, corev1.PodCondition{
		Type: corev1.PodScheduled, Status: corev1.ConditionFalse,
		Reason: corev1.PodReasonUnschedulable, Message: obstacle,
	}, metav1.Now())
	return client.IgnoreNotFound(patchStatus(ctx, s.client, pod, changed.Status))
}
