package fakenode

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// claimProtection is the finalizer by which the API server keeps claims that a
// pod uses.
const claimProtection = "kubernetes.io/pvc-protection"

// indexClaim finds the pods that mount a claim.
const indexClaim = "fakenode.claim"

func (n *Nodes) watchClaims(manager ctrl.Manager) error {
	err := manager.GetFieldIndexer().IndexField(context.Background(), &corev1.Pod{}, indexClaim, func(object client.Object) []string {
		return claimsOf(object.(*corev1.Pod))
	})
	if err != nil {
		return fmt.Errorf("indexing pods by claim: %w", err)
	}
	served := builder.WithPredicates(predicate.NewPredicateFuncs(func(o client.Object) bool { return n.options.Serves(o.GetNamespace()) }))
	return ctrl.NewControllerManagedBy(manager).Named("fakenode-claims").
		For(&corev1.PersistentVolumeClaim{}, served).
		Watches(&corev1.Pod{}, handler.EnqueueRequestsFromMapFunc(func(_ context.Context, pod client.Object) []reconcile.Request {
			return requests(pod.GetNamespace(), claimsOf(pod.(*corev1.Pod))...)
		}), served).
		Complete(reconcile.Func(n.reconcileClaim))
}

// reconcileClaim binds a claim, and lets go one that is deleted and not in use.
func (n *Nodes) reconcileClaim(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	claim := &corev1.PersistentVolumeClaim{}
	if err := n.client.Get(ctx, request.NamespacedName, claim); err != nil {
		return reconcile.Result{}, client.IgnoreNotFound(err)
	}
	base := claim.DeepCopy()
	wanted := claim.Spec.Resources.Requests[corev1.ResourceStorage]
	have := claim.Status.Capacity[corev1.ResourceStorage]
	switch {
	case claim.DeletionTimestamp != nil:
		pods, err := n.podsWith(ctx, claim)
		if err != nil || len(pods) > 0 || !controllerutil.RemoveFinalizer(claim, claimProtection) {
			return reconcile.Result{}, err
		}
		return reconcile.Result{}, client.IgnoreNotFound(n.client.Patch(ctx, claim, client.MergeFrom(base)))
	case claim.Status.Phase == corev1.ClaimBound && have.Cmp(wanted) >= 0:
		return reconcile.Result{}, nil
	}
	claim.Status.Phase = corev1.ClaimBound
	claim.Status.AccessModes = claim.Spec.AccessModes
	claim.Status.Capacity = claim.Spec.Resources.Requests
	return reconcile.Result{}, client.IgnoreNotFound(n.client.Status().Patch(ctx, claim, client.MergeFrom(base)))
}

func (n *Nodes) podsWith(ctx context.Context, claim client.Object) ([]corev1.Pod, error) {
	pods := &corev1.PodList{}
	err := n.client.List(ctx, pods, client.InNamespace(claim.GetNamespace()), client.MatchingFields{indexClaim: claim.GetName()})
	if err != nil {
		return nil, fmt.Errorf("listing the pods with claim %s: %w", claim.GetName(), err)
	}
	return pods.Items, nil
}

// podsOfClaim maps a claim to the pods that wait for it.
func (n *Nodes) podsOfClaim(ctx context.Context, claim client.Object) []reconcile.Request {
	pods, err := n.podsWith(ctx, claim)
	if err != nil {
		return nil // the cache has ended
	}
	var all []reconcile.Request
	for i := range pods {
		all = append(all, requests(pods[i].Namespace, pods[i].Name)...)
	}
	return all
}

func (n *Nodes) claimsBound(ctx context.Context, pod *corev1.Pod) (bool, error) {
	for _, name := range claimsOf(pod) {
		claim := &corev1.PersistentVolumeClaim{}
		if err := n.client.Get(ctx, types.NamespacedName{Namespace: pod.Namespace, Name: name}, claim); err != nil {
			return false, client.IgnoreNotFound(err)
		}
		if claim.Status.Phase != corev1.ClaimBound || claim.DeletionTimestamp != nil {
			return false, nil
		}
	}
	return true, nil
}

func claimsOf(pod *corev1.Pod) []string {
	var names []string
	for _, volume := range pod.Spec.Volumes {
		if volume.PersistentVolumeClaim != nil {
			names = append(names, volume.PersistentVolumeClaim.ClaimName)
		}
	}
	return names
}

func requests(namespace string, names ...string) []reconcile.Request {
	all := make([]reconcile.Request, 0, len(names))
	for _, name := range names {
		all = append(all, reconcile.Request{NamespacedName: types.NamespacedName{Namespace: namespace, Name: name}})
	}
	return all
}
