package fakenode

import (
	"context"
	"fmt"
	"hash/fnv"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/wasession/wasession/api/v1alpha1"
)

// indexSession finds the pods of a session.
const indexSession = "fakenode.session"

func (n *Nodes) watchPods(ctx context.Context, manager ctrl.Manager) error {
	err := manager.GetFieldIndexer().IndexField(ctx, &corev1.Pod{}, indexSession, func(object client.Object) []string {
		return []string{sessionOf(object).Name}
	})
	if err != nil {
		return fmt.Errorf("indexing pods by session: %w", err)
	}
	served := builder.WithPredicates(predicate.NewPredicateFuncs(func(o client.Object) bool { return n.options.Serves(o.GetNamespace()) }))
	return ctrl.NewControllerManagedBy(manager).Named("fakenode-pods").
		For(&corev1.Pod{}, served).
		Watches(&corev1.PersistentVolumeClaim{}, handler.EnqueueRequestsFromMapFunc(n.podsOfClaim), served).
		WatchesRawSource(source.Channel(n.woken, handler.TypedFuncs[*corev1.Pod, reconcile.Request]{GenericFunc: enqueue})).
		Complete(reconcile.Func(n.reconcilePod))
}

// sessionOf names the session that an object belongs to.
func sessionOf(object client.Object) types.NamespacedName {
	name := object.GetLabels()[v1alpha1.LabelSession]
	if name == "" {
		name = object.GetName()
	}
	return types.NamespacedName{Namespace: object.GetNamespace(), Name: name}
}

// reconcilePod does what a scheduler and a kubelet do for a pod.
func (n *Nodes) reconcilePod(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	pod := &corev1.Pod{}
	err := n.client.Get(ctx, request.NamespacedName, pod)
	if client.IgnoreNotFound(err) != nil {
		return reconcile.Result{}, err
	}
	n.endOthers(request.NamespacedName, pod.UID)
	if err != nil {
		return reconcile.Result{}, nil
	}
	if err := n.countPods(ctx, pod); err != nil {
		return reconcile.Result{}, err
	}
	switch {
	case pod.DeletionTimestamp != nil:
		return reconcile.Result{}, n.end(ctx, pod)
	case finished(pod):
		return reconcile.Result{}, nil
	case pod.Spec.NodeName == "":
		return reconcile.Result{}, n.place(ctx, pod)
	default:
		return reconcile.Result{}, n.run(ctx, pod)
	}
}

// countPods watches that a session has one pod.
func (n *Nodes) countPods(ctx context.Context, pod *corev1.Pod) error {
	pods := &corev1.PodList{}
	session := sessionOf(pod)
	err := n.client.List(ctx, pods, client.InNamespace(session.Namespace), client.MatchingFields{indexSession: session.Name}, client.UnsafeDisableDeepCopy)
	if err != nil {
		return fmt.Errorf("listing the pods of %s: %w", session, err)
	}
	if len(pods.Items) > 1 {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.violate("session %s has %d pods", session, len(pods.Items))
	}
	return nil
}

// place binds a pod to one of the nodes that are there.
func (n *Nodes) place(ctx context.Context, pod *corev1.Pod) error {
	n.placing.RLock()
	defer n.placing.RUnlock()
	node := n.choose(pod)
	if node == "" {
		return fmt.Errorf("no node takes pod %s", pod.Name)
	}
	err := n.client.SubResource("binding").Create(ctx, pod, &corev1.Binding{
		ObjectMeta: metav1.ObjectMeta{UID: pod.UID},
		Target:     corev1.ObjectReference{Kind: "Node", Name: node},
	})
	if apierrors.IsConflict(err) || apierrors.IsNotFound(err) { // bound or gone already
		return nil
	}
	return err
}

func (n *Nodes) choose(pod *corev1.Pod) string {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(pod.UID))
	names := n.Names()
	n.mu.Lock()
	defer n.mu.Unlock()
	for i := range names {
		name := names[(int(sum.Sum32()%1024)+i)%len(names)]
		if !n.lost[name] {
			return name
		}
	}
	return ""
}

// end stops the process of a pod that is told to end, and confirms it.
func (n *Nodes) end(ctx context.Context, pod *corev1.Pod) error {
	if !n.stopProcess(pod.Spec.NodeName, pod.UID) {
		return nil // its node is lost
	}
	err := n.client.Delete(ctx, pod, client.GracePeriodSeconds(0), client.Preconditions{UID: &pod.UID})
	if apierrors.IsConflict(err) { // another pod of that name
		return nil
	}
	return client.IgnoreNotFound(err)
}

// Evict ends a session's pod as a kubelet does that runs out of memory: the pod
// stays, as failed.
func (n *Nodes) Evict(ctx context.Context, session types.NamespacedName) error {
	pod := &corev1.Pod{}
	if err := n.live.Get(ctx, session, pod); err != nil {
		return client.IgnoreNotFound(err)
	}
	if pod.DeletionTimestamp != nil || pod.Spec.NodeName == "" {
		return nil
	}
	n.mu.Lock()
	if !n.lost[pod.Spec.NodeName] {
		n.evicted[session] = pod.UID // its process may be about to start
	}
	n.mu.Unlock()
	if !n.stopProcess(pod.Spec.NodeName, pod.UID) {
		return nil
	}
	base := pod.DeepCopy()
	pod.Status = corev1.PodStatus{Phase: corev1.PodFailed, Reason: "Evicted", Message: "The node was low on resource: memory."}
	return client.IgnoreNotFound(n.client.Status().Patch(ctx, pod, client.MergeFrom(base)))
}

func finished(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}
