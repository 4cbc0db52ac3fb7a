package cluster

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/gentype"

	"github.com/wasession/wasession/api/v1alpha1"
)

// mostEvents is how many events of an object are read.
const mostEvents = 200

// Pod reads a session's pod; nil with an error if that fails.
func (c *Cluster) Pod(ctx context.Context, s *v1alpha1.WhatsAppSession) (*corev1.Pod, error) {
	pod, err := c.Pods(s.Namespace).Get(ctx, s.Name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	return pod, nil
}

// Claim reads the claim of a session's volume; nil with an error if that fails.
func (c *Cluster) Claim(ctx context.Context, s *v1alpha1.WhatsAppSession) (*corev1.PersistentVolumeClaim, error) {
	claims := gentype.NewClient("persistentvolumeclaims", c.core, c.parameters, s.Namespace, func() *corev1.PersistentVolumeClaim { return &corev1.PersistentVolumeClaim{} })
	claim, err := claims.Get(ctx, ClaimName(s), metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	return claim, nil
}

// ClaimName is the name of the claim of a session's volume.
func ClaimName(s *v1alpha1.WhatsAppSession) string {
	if s.Status.Volume != nil && s.Status.Volume.Claim != "" {
		return s.Status.Volume.Claim
	}
	return s.Name + "-data"
}

// KeysName is the name of the Secret with a session's API keys.
func KeysName(s *v1alpha1.WhatsAppSession) string {
	if s.Spec.API != nil && s.Spec.API.KeysSecretRef != nil {
		return s.Spec.API.KeysSecretRef.Name
	}
	return s.Name + "-keys"
}

// Events lists the events about a session's pod and its claim.
func (c *Cluster) Events(ctx context.Context, s *v1alpha1.WhatsAppSession) (all []corev1.Event, err error) {
	events := gentype.NewClientWithList("events", c.core, c.parameters, s.Namespace,
		func() *corev1.Event { return &corev1.Event{} }, func() *corev1.EventList { return &corev1.EventList{} })
	for kind, name := range map[string]string{"Pod": s.Name, "PersistentVolumeClaim": ClaimName(s)} {
		list, err := events.List(ctx, metav1.ListOptions{
			FieldSelector: fields.Set{"involvedObject.kind": kind, "involvedObject.name": name}.String(), Limit: mostEvents,
		})
		if err != nil {
			return nil, err
		}
		all = append(all, list.Items...)
	}
	return all, nil
}
