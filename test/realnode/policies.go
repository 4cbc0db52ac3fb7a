package realnode

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// policies enforces the cluster's NetworkPolicies, as a network plugin does: with rules
// of nftables, which are made anew when a policy, a pod or a namespace changes.
type policies struct {
	client client.Client
	loaded string
}

// servePolicies enforces NetworkPolicies with a manager.
func servePolicies(manager ctrl.Manager) error {
	always := handler.EnqueueRequestsFromMapFunc(func(context.Context, client.Object) []reconcile.Request {
		return []reconcile.Request{{NamespacedName: types.NamespacedName{Name: "all"}}}
	})
	return ctrl.NewControllerManagedBy(manager).Named("realnode-policies").
		Watches(&networkingv1.NetworkPolicy{}, always).
		Watches(&corev1.Pod{}, always).
		Watches(&corev1.Namespace{}, always).
		WithOptions(controller.Options{SkipNameValidation: ptr.To(true)}).
		Complete(&policies{client: manager.GetClient()})
}

// Reconcile loads the rules if they have changed.
func (p *policies) Reconcile(ctx context.Context, _ reconcile.Request) (reconcile.Result, error) {
	policies, pods, namespaces := &networkingv1.NetworkPolicyList{}, &corev1.PodList{}, &corev1.NamespaceList{}
	for _, list := range []client.ObjectList{policies, pods, namespaces} {
		if err := p.client.List(ctx, list); err != nil {
			return reconcile.Result{}, err
		}
	}
	running := pods.Items[:0]
	for _, pod := range pods.Items {
		// The address of a pod that has ended may be another's already.
		if pod.Status.Phase != corev1.PodSucceeded && pod.Status.Phase != corev1.PodFailed {
			running = append(running, pod)
		}
	}
	text, err := traffic{policies.Items, running, namespaces.Items}.ruleset()
	if err != nil || text == p.loaded {
		return reconcile.Result{}, err
	}
	nft := exec.CommandContext(ctx, "nft", "-f", "-")
	nft.Stdin = strings.NewReader(text)
	if out, err := nft.CombinedOutput(); err != nil {
		return reconcile.Result{}, fmt.Errorf("nft: %w: %s", err, bytes.TrimSpace(out))
	}
	p.loaded = text
	return reconcile.Result{}, nil
}
