package localnode

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// podsThat returns requests for the namespace's pods that wanted accepts. After
// a failed read it returns none: it reads from a cache, which fails only on
// shutdown.
func podsThat(ctx context.Context, reader client.Reader, namespace string, wanted func(*corev1.Pod) bool) []reconcile.Request {
	pods := &corev1.PodList{}
	if err := reader.List(ctx, pods, client.InNamespace(namespace)); err != nil {
		return nil
	}
	var requests []reconcile.Request
	for i := range pods.Items {
		if wanted(&pods.Items[i]) {
			requests = append(requests, reconcile.Request{NamespacedName: client.ObjectKeyFromObject(&pods.Items[i])})
		}
	}
	return requests
}
