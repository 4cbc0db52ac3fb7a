package cluster

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/util/retry"

	"github.com/wasession/wasession/api/v1alpha1"
)

// manager is the field manager of what the plugin changes.
const manager = "kubectl-wasession"

// Follow watches the sessions of a namespace, or of all if it is empty, until done. It
// follows over the ends of watches, and over errors that pass.
func (c *Cluster) Follow(ctx context.Context, namespace, selector string, done func([]*v1alpha1.WhatsAppSession) bool) error {
	return again(ctx, func(read func()) (over bool, err error) {
		list, err := c.Sessions(namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
		if err != nil {
			return false, c.explain(err, "")
		}
		read()
		known := make(map[types.UID]*v1alpha1.WhatsAppSession, len(list.Items))
		for i := range list.Items {
			known[list.Items[i].UID] = &list.Items[i]
		}
		if done(slices.Collect(maps.Values(known))) {
			return true, nil
		}
		events, err := c.Sessions(namespace).Watch(ctx, metav1.ListOptions{LabelSelector: selector, ResourceVersion: list.ResourceVersion})
		if err != nil {
			return false, err
		}
		defer events.Stop()
		for event := range events.ResultChan() {
			s, isSession := event.Object.(*v1alpha1.WhatsAppSession)
			if !isSession {
				continue
			}
			known[s.UID] = s
			if event.Type == watch.Deleted {
				delete(known, s.UID)
			}
			if done(slices.Collect(maps.Values(known))) {
				return true, nil
			}
		}
		return false, nil
	})
}

// Annotate changes annotations of a session; nil removes one. change sees the session as
// it is, once more if somebody else changes it meanwhile, and returns nothing to leave it.
func (c *Cluster) Annotate(ctx context.Context, key types.NamespacedName, change func(*v1alpha1.WhatsAppSession) map[string]*string) (changed bool, err error) {
	sessions := c.Sessions(key.Namespace)
	err = retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		s, err := sessions.Get(ctx, key.Name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		annotations := change(s)
		if changed = len(annotations) > 0; !changed {
			return nil
		}
		patch, err := json.Marshal(map[string]any{"metadata": map[string]any{
			"uid": s.UID, "resourceVersion": s.ResourceVersion, "annotations": annotations,
		}})
		if err != nil {
			return err
		}
		_, err = sessions.Patch(ctx, key.Name, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: manager})
		return err
	})
	return changed && err == nil, orCause(ctx, err)
}
