package controllers

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// The finalizer is added and removed by a patch of the whole list, bound to the
// session as it was read. Server-side apply would not do: it removes only what
// the operator has applied itself, and a session that comes from a backup or a
// manifest may bring the finalizer along.

// addFinalizer makes sure that the session stays until its objects are removed.
// It returns false for a session that is being deleted, or is gone, unlike the
// cache says: nothing may be made for it.
func (r *Reconciler) addFinalizer(ctx context.Context, session *v1alpha1.WhatsAppSession) (added bool, err error) {
	return r.editFinalizers(ctx, session, func(held []string) []string {
		if slices.Contains(held, v1alpha1.Finalizer) {
			return held
		}
		return append(held, v1alpha1.Finalizer)
	})
}

// dropFinalizer lets a deleted session go. Finalizers of others are kept.
func (r *Reconciler) dropFinalizer(ctx context.Context, session *v1alpha1.WhatsAppSession) error {
	_, err := r.editFinalizers(ctx, session, func(held []string) []string {
		return slices.DeleteFunc(held, func(finalizer string) bool { return finalizer == v1alpha1.Finalizer })
	})
	return err
}

// editFinalizers applies an edit to the session's finalizers. It returns false
// if this session is gone or has begun to be deleted since it was read.
func (r *Reconciler) editFinalizers(ctx context.Context, session *v1alpha1.WhatsAppSession, edit func([]string) []string) (edited bool, err error) {
	err = r.patchFinalizers(ctx, session, edit)
	if apierrors.IsConflict(err) {
		// The cache is behind, often by the operator's own write of the status.
		latest := &v1alpha1.WhatsAppSession{}
		err = r.Live.Get(ctx, client.ObjectKeyFromObject(session), latest)
		if err == nil && (latest.UID != session.UID || latest.DeletionTimestamp.IsZero() != session.DeletionTimestamp.IsZero()) {
			return false, nil
		}
		if err == nil {
			err = r.patchFinalizers(ctx, latest, edit)
		}
	}
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("changing the finalizer: %w", err)
	}
	return true, nil
}

func (r *Reconciler) patchFinalizers(ctx context.Context, session *v1alpha1.WhatsAppSession, edit func([]string) []string) error {
	wanted := edit(slices.Clone(session.Finalizers))
	if slices.Equal(wanted, session.Finalizers) {
		return nil
	}
	return r.patchMetadata(ctx, session, map[string]any{"finalizers": wanted})
}

// patchMetadata replaces fields of an object's metadata, if the object is still
// exactly the one that was read. Otherwise the error is a conflict.
func (r *Reconciler) patchMetadata(ctx context.Context, object client.Object, fields map[string]any) error {
	fields["uid"], fields["resourceVersion"] = object.GetUID(), object.GetResourceVersion()
	patch, err := json.Marshal(map[string]any{"metadata": fields})
	if err != nil {
		return fmt.Errorf("encoding metadata: %w", err)
	}
	kind, err := r.GroupVersionKindFor(object)
	if err != nil {
		return fmt.Errorf("finding the kind of an object: %w", err)
	}
	// Only metadata comes back, also of a Secret.
	target := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Namespace: object.GetNamespace(), Name: object.GetName()}}
	target.SetGroupVersionKind(kind)
	return r.Patch(ctx, target, client.RawPatch(types.MergePatchType, patch), fieldOwner)
}
