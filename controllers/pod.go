package controllers

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/wasession/wasession/controllers/desired"
	"github.com/wasession/wasession/controllers/ssa"
	"github.com/wasession/wasession/controllers/status"
)

// stop deletes the pod of a session that should not run. Volume, keys, Service
// and configuration are kept.
func (r *Reconciler) stop(ctx context.Context, s *scope) error {
	if !s.stopped() {
		return nil
	}
	if !s.rests() {
		if err := r.findPod(ctx, s); err != nil {
			return err
		}
	}
	if s.pod == nil {
		return nil
	}
	return r.endPod(ctx, s, "The session is stopped by spec.state")
}

// ensurePod creates the pod or replaces it. A new pod is created only once the
// old one is gone, so that two pods never share a number.
func (r *Reconciler) ensurePod(ctx context.Context, s *scope) error {
	switch pod := s.pod; {
	case s.stopped():
		return nil
	case pod == nil:
		return r.createPod(ctx, s)
	case ownershipOf(pod, s.session) != ours:
		return taken("Pod", pod, s.session, "")
	case pod.DeletionTimestamp != nil:
		return r.endPod(ctx, s, "")
	case finished(pod):
		return r.replaceFinished(ctx, s)
	case s.podOutdated:
		return r.replaceOutdated(ctx, s)
	default:
		return r.refreshPod(ctx, s)
	}
}

// createPod creates the pod, and never changes one that stands in its place.
func (r *Reconciler) createPod(ctx context.Context, s *scope) error {
	wanted, err := desired.Pod(s.session, r.options.Settings)
	if err != nil {
		return err
	}
	wanted.WithAnnotations(s.projected()).WithAnnotations(trialOf(s.session.Status.Template, wanted.Annotations))
	pod, err := ssa.Object(wanted)
	if err != nil {
		return err
	}
	err = r.Create(ctx, pod, fieldOwner)
	if apierrors.IsAlreadyExists(err) {
		return r.standing(ctx, s, err)
	}
	if err != nil {
		return r.refusal(s, "Pod", s.session.Name, err)
	}
	r.wrote(s, "Pod", pod)
	r.podCreated(ctx, s, wanted.Annotations[desired.AnnotationUpdatedFrom])
	return nil
}

// refreshPod notifies the kubelet of a new configuration or a changed Secret: a
// change of the pod makes it project the files immediately instead of within a
// minute or two.
func (r *Reconciler) refreshPod(ctx context.Context, s *scope) error {
	if err := r.relabel(ctx, s, s.pod); err != nil {
		return err
	}
	changed := s.projected()
	if !s.podOutdated {
		// The same pod, though it may be made of other things: a flag that the
		// session has come to override, for example.
		maps.Copy(changed, s.template)
	}
	maps.DeleteFunc(changed, func(key, value string) bool { return s.pod.Annotations[key] == value })
	if len(changed) == 0 {
		return nil
	}
	return r.annotate(ctx, s.pod, changed)
}

// projected are the annotations that change with the files in the pod, and those
// that a running pod of an earlier operator lacks.
func (s *scope) projected() map[string]string {
	return map[string]string{
		desired.AnnotationConfig:      s.configHash,
		desired.AnnotationSecrets:     secretsHash(s.secrets),
		desired.AnnotationSafeToEvict: desired.SafeToEvict(s.session),
	}
}

// secretsHash changes whenever one of the Secrets does. It does not need their
// contents.
func secretsHash(secrets []*metav1.PartialObjectMetadata) string {
	sum := sha256.New()
	for _, secret := range slices.SortedFunc(slices.Values(secrets), func(a, b *metav1.PartialObjectMetadata) int {
		return cmp.Compare(a.Name, b.Name)
	}) {
		fmt.Fprintln(sum, secret.Name, secret.UID, secret.ResourceVersion)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// replaceFinished deletes a pod that was evicted or rejected by its node. Pods
// that fail one after the other are recreated at growing intervals.
func (r *Reconciler) replaceFinished(ctx context.Context, s *scope) error {
	age := max(s.now.Sub(s.pod.CreationTimestamp.Time), r.failed.since(s.key(), s.pod.UID, s.now))
	if wait := failedPodDelay(r.options.FailedPodDelay, s.failures.Count) - age; wait > 0 {
		return waitFor("the next attempt after a pod that exited", wait)
	}
	if !status.Told(s.session, s.pod) {
		// Only the pod shows how it ended: the status is written before it goes.
		return waitFor("the status to tell how the pod ended", cacheRecheck)
	}
	return r.replacePod(ctx, s, "The pod has ended: "+cmp.Or(s.pod.Status.Reason, string(s.pod.Status.Phase)))
}

// endPod deletes the pod, which gives it its grace period to commit everything.
// The operator never shortens it. The pod's removal triggers an event.
func (r *Reconciler) endPod(ctx context.Context, s *scope, why string) error {
	_, err := r.deletePod(ctx, s, why)
	return err
}

// replacePod is endPod for a pod that another one takes the place of.
func (r *Reconciler) replacePod(ctx context.Context, s *scope, why string) error {
	deleted, err := r.deletePod(ctx, s, why)
	if deleted {
		r.event(s.session, corev1.EventTypeNormal, "PodReplaced", "Replace", "Replacing pod %s. %s", s.pod.Name, why)
	}
	return err
}

// deletePod reports whether it deleted the pod, once for each pod.
func (r *Reconciler) deletePod(ctx context.Context, s *scope, why string) (deleted bool, err error) {
	if ownershipOf(s.pod, s.session) != ours {
		return false, taken("Pod", s.pod, s.session, "")
	}
	if s.pod.DeletionTimestamp != nil {
		return false, nil
	}
	if err := r.remove(ctx, s.pod); err != nil || !r.ended.first(s.key(), s.pod.UID) {
		return false, err
	}
	log.FromContext(ctx).Info("Deleting the pod", "reason", why, "podUID", s.pod.UID, "node", s.pod.Spec.NodeName)
	return true, nil
}

func finished(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodFailed || pod.Status.Phase == corev1.PodSucceeded
}
