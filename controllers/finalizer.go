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
func (r *Reconciler) addFinalizer(ctx context.Context, session *v1alpha1.WhatsAppSession) (held bool, err error) {
	outcome, err := r.editFinalizers(ctx, session, func(held []string) []string {
		if slices.Contains(held, v1alpha1.Finalizer) {
			return held
		}
		return append(held, v1alpha1.Finalizer)
	})
	return outcome != finalizersMoved, err
}

// dropFinalizer lets a deleted session go. Finalizers of others are kept. It
// returns false if the session had been let go before, unlike the cache says.
func (r *Reconciler) dropFinalizer(ctx context.Context, session *v1alpha1.WhatsAppSession) (dropped bool, err error) {
	outcome, err := r.editFinalizers(ctx, session, func(held []string) []string {
		return slices.DeleteFunc(held, func(finalizer string) bool { return finalizer == v1alpha1.Finalizer })
	})
	return outcome == finalizersChanged, err
}

type finalizersOutcome int

const (
	// finalizersMoved: the session is gone, or has begun to be deleted since it was
	// read.
	finalizersMoved finalizersOutcome = iota
	// finalizersKept: the finalizers already were as wanted.
	finalizersKept
	// finalizersChanged: the finalizers were changed.
	finalizersChanged
)

// editFinalizers applies an edit to the session's finalizers.
func (r *Reconciler) editFinalizers(ctx context.Context, session *v1alpha1.WhatsAppSession, edit func([]string) []string) (finalizersOutcome, error) {
	outcome, err := r.patchFinalizers(ctx, session, edit)
	if apierrors.IsConflict(err) {
		// The cache is behind, often by the operator's own write of the status.
		latest := &v1alpha1.WhatsAppSession{}
		err = r.Live.Get(ctx, client.ObjectKeyFromObject(session), latest)
		if err == nil && (latest.UID != session.UID || latest.DeletionTimestamp.IsZero() != session.DeletionTimestamp.IsZero()) {
			return finalizersMoved, nil
		}
		if err == nil {
			outcome, err = r.patchFinalizers(ctx, latest, edit)
		}
	}
	if apierrors.IsNotFound(err) {
		return finalizersMoved, nil
	}
	if err != nil {
		return finalizersMoved, fmt.Errorf("changing the finalizer: %w", err)
	}
	return outcome, nil
}

func (r *Reconciler) patchFinalizers(ctx context.Context, session *v1alpha1.WhatsAppSession, edit func([]string) []string) (finalizersOutcome, error) {
	wanted := edit(slices.Clone(session.Finalizers))
	if slices.Equal(wanted, session.Finalizers) {
		return finalizersKept, nil
	}
	return finalizersChanged, r.patchMetadata(ctx, session, map[string]any{"finalizers": wanted, "resourceVersion": session.ResourceVersion})
}

// patchMetadata changes fields of the metadata of exactly the object that was
// read, not of another one that has its name since. A list is replaced as a
// whole; with the resource version among the fields, the error is a conflict if
// the object has changed.
func (r *Reconciler) patchMetadata(ctx context.Context, object client.Object, fields map[string]any) error {
	fields["uid"] = object.GetUID()
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
	if err := r.Patch(ctx, target, client.RawPatch(types.MergePatchType, patch), fieldOwner); err != nil {
		return err
	}
	object.SetResourceVersion(target.ResourceVersion)
	return nil
}
