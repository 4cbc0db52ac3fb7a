package controllers

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// CacheOptions keep the operator's memory to what it reads: of objects that it
// makes only its own, of Services, claims and Secrets all that there
// are, as sessions may refer to any, and of each object only the parts that are looked at. The
// contents of Secrets are never fetched. No namespaces means all.
func CacheOptions(namespaces []string) cache.Options {
	own := labels.SelectorFromSet(labels.Set{v1alpha1.LabelManagedBy: v1alpha1.ManagerName})
	options := cache.Options{
		DefaultTransform: cache.TransformStripManagedFields(),
		// A read of something that is not watched is a mistake, not a reason to
		// start watching it.
		ReaderFailOnMissingInformer: true,
		ByObject: map[client.Object]cache.ByObject{
			&corev1.Pod{}:                   {Label: own, Transform: transform(stripPod)},
			&corev1.ConfigMap{}:             {Label: own, Transform: transform(stripConfigMap)},
			&corev1.Service{}:               {Transform: transform(stripService)},
			&networkingv1.NetworkPolicy{}:   {Label: own},
			&corev1.PersistentVolumeClaim{}: {Transform: transform(stripClaim)},
			&corev1.Secret{}:                {Transform: stripSecretMetadata},
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

// transform strips managed fields and what else of T is not looked at.
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

// stripPod keeps what the kubelet says, and which node it is.
func stripPod(pod *corev1.Pod) {
	pod.Spec = corev1.PodSpec{NodeName: pod.Spec.NodeName}
	pod.Status = corev1.PodStatus{
		Phase: pod.Status.Phase, Reason: pod.Status.Reason, PodIP: pod.Status.PodIP,
		Conditions: pod.Status.Conditions, ContainerStatuses: pod.Status.ContainerStatuses,
	}
	for i := range pod.Status.ContainerStatuses {
		// The last state can hold kilobytes of a crashed program's output.
		pod.Status.ContainerStatuses[i].LastTerminationState = corev1.ContainerState{}
	}
}

func stripConfigMap(configMap *corev1.ConfigMap) { configMap.BinaryData = nil }

// stripService keeps of other programs' Services which pods they lead to.
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

// stripClaim drops other programs' notes: claims of all sorts are cached.
func stripClaim(claim *corev1.PersistentVolumeClaim) {
	if claim.Labels[v1alpha1.LabelManagedBy] != v1alpha1.ManagerName {
		claim.Annotations = nil
	}
}

// stripSecretMetadata keeps names, labels and owners. Annotations go in any
// case: kubectl apply leaves a copy of the whole Secret in one of them.
func stripSecretMetadata(in any) (any, error) {
	if object, err := meta.Accessor(in); err == nil {
		object.SetManagedFields(nil)
		object.SetAnnotations(nil)
	}
	return in, nil
}
