package controllers

import (
	"context"
	"maps"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

// The caches hold only objects with the operator's labels. One that has lost
// them still is what it was: the session that controls it finds it by its name
// and gives it its labels back.

// findPod looks for the session's pod on the API server if the cache has none.
func (r *Reconciler) findPod(ctx context.Context, s *scope) error {
	if s.pod != nil {
		return nil
	}
	live, err := r.orLive(ctx, s.pod, s.key())
	if err != nil || live == nil {
		return err
	}
	s.pod, _ = live.(*corev1.Pod)
	if ownershipOf(s.pod, s.session) != ours {
		return nil
	}
	return r.relabel(ctx, s, s.pod)
}

// standing answers that a pod could not be created because there is one of its
// name.
func (r *Reconciler) standing(ctx context.Context, s *scope, refused error) error {
	if err := r.findPod(ctx, s); err != nil {
		return err
	}
	if s.pod == nil {
		return refused // it has gone since
	}
	if ownershipOf(s.pod, s.session) != ours {
		return taken("Pod", s.pod, s.session, "")
	}
	return waitFor("the pod to appear in the cache", conflictRecheck)
}

// relabel gives an object of the session its labels back, if it lacks any.
func (r *Reconciler) relabel(ctx context.Context, s *scope, object client.Object) error {
	changed := labelChanges(object, desired.OwnLabels(s.session))
	if len(changed) == 0 {
		return nil
	}
	return moved(r.patchMetadata(ctx, object, map[string]any{"labels": changed}), object.GetName())
}

// labelChanges are the labels that the object lacks, and as nil the shard if the
// session is in none any more.
func labelChanges(object client.Object, wanted map[string]string) map[string]any {
	changed := map[string]any{}
	for key, value := range lostLabels(object, wanted) {
		changed[key] = value
	}
	_, held := object.GetLabels()[v1alpha1.LabelShard]
	if _, stays := wanted[v1alpha1.LabelShard]; held && !stays {
		changed[v1alpha1.LabelShard] = nil
	}
	return changed
}

// lostLabels are the wanted labels that the object does not have.
func lostLabels(object client.Object, wanted map[string]string) map[string]string {
	lost, held := maps.Clone(wanted), object.GetLabels()
	maps.DeleteFunc(lost, func(key, value string) bool { return held[key] == value })
	return lost
}
