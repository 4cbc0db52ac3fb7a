package fleet

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// ByObject says what a cache holds of sessions and pods for a Fleet: of sessions what
// the API shows, of the sessions' pods only where they are.
func ByObject() map[client.Object]cache.ByObject {
	return map[client.Object]cache.ByObject{
		&v1alpha1.WhatsAppSession{}: {Transform: stripSession},
		&corev1.Pod{}: {
			Label: labels.SelectorFromSet(labels.Set{
				v1alpha1.LabelManagedBy: v1alpha1.ManagerName, v1alpha1.LabelComponent: v1alpha1.ComponentRuntime,
			}),
			Transform: stripPod,
		},
	}
}

// stripSession drops who set which field, except that a tool of Git did, and the copy of
// the manifest that kubectl apply keeps in an annotation.
func stripSession(in any) (any, error) {
	if object, err := meta.Accessor(in); err == nil {
		var kept []metav1.ManagedFieldsEntry
		for _, entry := range object.GetManagedFields() {
			if kept == nil && ownerBy(entry) != "" {
				kept = []metav1.ManagedFieldsEntry{{Manager: entry.Manager}}
			}
		}
		object.SetManagedFields(kept)
		annotations := object.GetAnnotations()
		delete(annotations, corev1.LastAppliedConfigAnnotation)
		object.SetAnnotations(annotations)
	}
	return in, nil
}

// stripPod keeps what identifies a pod, and its address.
func stripPod(in any) (any, error) {
	pod, ok := in.(*corev1.Pod)
	if !ok {
		return in, nil
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID, ResourceVersion: pod.ResourceVersion,
			Labels:            map[string]string{v1alpha1.LabelSession: pod.Labels[v1alpha1.LabelSession]},
			DeletionTimestamp: pod.DeletionTimestamp,
		},
		Status: corev1.PodStatus{Phase: pod.Status.Phase, PodIP: pod.Status.PodIP},
	}, nil
}
