package controllers

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/ssa"
)

// CacheOptions limits the cache to what the operator reads. It holds all
// Services, claims and Secrets, as sessions may refer to any of them; of other
// kinds, only objects that the operator created. Unused fields are stripped,
// and the contents of Secrets are never fetched. No namespaces means all. With a
// shard, only its sessions are held, and of kinds that no other session can refer
// to only their objects.
func CacheOptions(namespaces []string, shard labels.Selector) cache.Options {
	own := ownObjects(shard)
	// Of these kinds, the metadata alone is cached.
	reduce := ssa.Reduce(v1alpha1.ManagerName, v1alpha1.LabelManagedBy, v1alpha1.LabelSession, v1alpha1.LabelShard)
	plain := cache.TransformStripManagedFields()
	options := cache.Options{
		DefaultTransform: plain,
		// Reading a kind that is not watched is a bug and must not start a watch.
		ReaderFailOnMissingInformer: true,
		ByObject: map[client.Object]cache.ByObject{
			&v1alpha1.WhatsAppSession{}:     {Label: shard, Transform: interned(plain)},
			&corev1.Pod{}:                   {Label: own, Transform: interned(transform(stripPod))},
			&corev1.ConfigMap{}:             {Label: own, Transform: interned(reduce)},
			&corev1.Service{}:               {Transform: interned(transform(stripService))},
			&networkingv1.NetworkPolicy{}:   {Label: own, Transform: interned(reduce)},
			&networkingv1.Ingress{}:         {Label: own, Transform: interned(plain)},
			&corev1.PersistentVolumeClaim{}: {Transform: interned(transform(stripClaim))},
			&corev1.Secret{}:                {Transform: interned(stripSecretMetadata)},
		},
	}
	if len(namespaces) > 0 {
		options.DefaultNamespaces = map[string]cache.Config{}
		for _, namespace := range namespaces {
			options.DefaultNamespaces[namespace] = cache.Config{}
		}
	}
	return options
}

// ownObjects selects what the operator created, with a shard for its sessions.
func ownObjects(shard labels.Selector) labels.Selector {
	own := labels.SelectorFromSet(labels.Set{v1alpha1.LabelManagedBy: v1alpha1.ManagerName})
	if shard != nil {
		requirements, _ := shard.Requirements()
		own = own.Add(requirements...)
	}
	return own
}

// transform strips managed fields and the unused fields of T.
func transform[T any](strip func(T)) func(any) (any, error) {
	return func(in any) (any, error) {
		if object, err := meta.Accessor(in); err == nil {
			object.SetManagedFields(nil)
		}
		if typed, ok := in.(T); ok {
			strip(typed)
		}
		return in, nil
	}
}

// stripPod keeps the status that the kubelet reports, and the node's name. Of how
// a container ended it keeps the facts: the message can hold kilobytes of a
// crashed program's output.
func stripPod(pod *corev1.Pod) {
	pod.Spec = corev1.PodSpec{NodeName: pod.Spec.NodeName}
	pod.Status = corev1.PodStatus{
		Phase: pod.Status.Phase, Reason: pod.Status.Reason, PodIP: pod.Status.PodIP,
		Conditions: pod.Status.Conditions, ContainerStatuses: pod.Status.ContainerStatuses,
	}
	for i := range pod.Status.ContainerStatuses {
		container := &pod.Status.ContainerStatuses[i]
		if container.State.Waiting != nil {
			container.State.Waiting.Message = ""
		}
		container.State.Terminated = howEnded(container.State.Terminated)
		container.LastTerminationState = corev1.ContainerState{Terminated: howEnded(container.LastTerminationState.Terminated)}
	}
}

func howEnded(t *corev1.ContainerStateTerminated) *corev1.ContainerStateTerminated {
	if t == nil {
		return nil
	}
	return &corev1.ContainerStateTerminated{ExitCode: t.ExitCode, Reason: t.Reason, FinishedAt: t.FinishedAt}
}

// stripService reduces foreign Services to the pods that they route to.
func stripService(service *corev1.Service) {
	if service.Labels[v1alpha1.LabelManagedBy] == v1alpha1.ManagerName {
		return
	}
	service.Annotations = nil
	service.Spec = corev1.ServiceSpec{
		Selector: service.Spec.Selector, Ports: service.Spec.Ports,
		ClusterIP: service.Spec.ClusterIP, Type: service.Spec.Type,
	}
	service.Status = corev1.ServiceStatus{}
}

// stripClaim drops the annotations of foreign claims.
func stripClaim(claim *corev1.PersistentVolumeClaim) {
	if claim.Labels[v1alpha1.LabelManagedBy] != v1alpha1.ManagerName {
		claim.Annotations = nil
	}
}

// stripSecretMetadata keeps names, labels and owners. Annotations are dropped:
// kubectl apply stores a copy of the whole Secret in one.
func stripSecretMetadata(in any) (any, error) {
	if object, err := meta.Accessor(in); err == nil {
		object.SetManagedFields(nil)
		object.SetAnnotations(nil)
	}
	return in, nil
}
