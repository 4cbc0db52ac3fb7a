package controllers

import (
	"context"
	"fmt"
	"reflect"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/ssa"
)

// fieldOwner is the one owner of every field that the operator applies.
const fieldOwner = client.FieldOwner(v1alpha1.ManagerName)

// ensure applies one object, without a request if it is up to date. cached is
// the object from the cache, or a nil pointer of its type. The caches only hold
// objects with our labels, so before creating an object ensure asks the API
// server whether the name is free.
func (r *Reconciler) ensure(ctx context.Context, s *scope, wanted runtime.ApplyConfiguration, cached client.Object) error {
	prepared, err := ssa.Prepare(wanted)
	if err != nil {
		return err
	}
	live, err := r.orLive(ctx, cached, client.ObjectKeyFromObject(prepared))
	if err != nil {
		return err
	}
	if live != nil && !ownershipOf(live, s.session).mine() {
		return taken(prepared.GetKind(), live, s.session, "")
	}
	return r.applyOver(ctx, s, prepared, live)
}

// ensureSelecting is ensure for kinds with a selector, which need no look before
// they are made: an apply without force fails with a conflict where a field of
// somebody else's object differs, and the selector always does, as it names the
// session.
func (r *Reconciler) ensureSelecting(ctx context.Context, s *scope, wanted runtime.ApplyConfiguration, cached client.Object) error {
	if !isNil(cached) {
		return r.ensure(ctx, s, wanted, cached)
	}
	prepared, err := ssa.Prepare(wanted)
	if err != nil {
		return err
	}
	err = r.Apply(ctx, client.ApplyConfigurationFromUnstructured(prepared), fieldOwner)
	if apierrors.IsConflict(err) {
		return r.ensure(ctx, s, wanted, cached) // which looks whose it is
	}
	if err == nil {
		r.wrote(s, prepared.GetKind(), prepared)
		r.applied(ctx, s, prepared, nil)
	}
	return r.refusal(s, prepared.GetKind(), prepared.GetName(), err)
}

// ensureByMetadata is ensure for a kind of which only the metadata is cached. The
// object itself is read only when somebody else has changed it; unseen, a nil
// pointer of its type, stands for one that was not read. Without metadata, make
// is called.
func (r *Reconciler) ensureByMetadata(ctx context.Context, s *scope, wanted runtime.ApplyConfiguration, cached *metav1.PartialObjectMetadata, unseen client.Object,
	make func(context.Context, *scope, runtime.ApplyConfiguration, client.Object) error,
) error {
	if cached == nil {
		return make(ctx, s, wanted, unseen)
	}
	prepared, err := ssa.Prepare(wanted)
	if err != nil {
		return err
	}
	switch {
	case !ownershipOf(cached, s.session).mine():
		return taken(prepared.GetKind(), cached, s.session, "")
	case !ssa.SameConfiguration(prepared, cached):
		return r.applyOver(ctx, s, prepared, cached)
	case ssa.Owns(prepared, cached):
		return nil
	}
	return r.ensure(ctx, s, wanted, unseen)
}

// cacheRecheck is when a session is looked at again after a write that was
// refused because it was based on what is no more. Mostly an event is faster.
const cacheRecheck = time.Second

// applyOver applies unless live, which may be nil, is already as wanted. What has
// changed since it was read is not overwritten: while a session changes over to
// another shard, its new operator may have been there.
func (r *Reconciler) applyOver(ctx context.Context, s *scope, prepared *unstructured.Unstructured, live client.Object) error {
	if live != nil {
		if upToDate, err := ssa.UpToDate(prepared, live); err != nil || upToDate {
			return err
		}
		prepared.SetResourceVersion(live.GetResourceVersion())
	}
	err := r.Apply(ctx, client.ApplyConfigurationFromUnstructured(prepared), fieldOwner, client.ForceOwnership)
	if apierrors.IsConflict(err) {
		return waitFor(prepared.GetKind()+" "+prepared.GetName()+" as it is now", cacheRecheck)
	}
	if err == nil {
		r.wrote(s, prepared.GetKind(), prepared)
		r.applied(ctx, s, prepared, live)
	}
	return r.refusal(s, prepared.GetKind(), prepared.GetName(), err)
}

// orLive is the cached object, or what the API server has under the name; nil
// when there is neither.
func (r *Reconciler) orLive(ctx context.Context, cached client.Object, key client.ObjectKey) (client.Object, error) {
	if !isNil(cached) {
		return cached, nil
	}
	if _, secret := cached.(*metav1.PartialObjectMetadata); secret {
		return r.liveSecret(ctx, key)
	}
	live, _ := reflect.New(reflect.TypeOf(cached).Elem()).Interface().(client.Object)
	err := r.Live.Get(ctx, key, live)
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("checking whether %s exists: %w", key, err)
	}
	return live, nil
}

// liveSecret is the metadata of a Secret that the API server has; nil for none.
// It is listed, as the operator has no right to get one.
func (r *Reconciler) liveSecret(ctx context.Context, key client.ObjectKey) (client.Object, error) {
	secrets := &metav1.PartialObjectMetadataList{}
	secrets.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("SecretList"))
	err := r.Live.List(ctx, secrets, client.InNamespace(key.Namespace), client.MatchingFields{metav1.ObjectNameField: key.Name})
	if err != nil {
		return nil, fmt.Errorf("looking for Secret %s: %w", key, err)
	}
	if len(secrets.Items) == 0 {
		return nil, nil
	}
	return &secrets.Items[0], nil
}

// remove deletes exactly the object that was observed, leaving its grace period
// to it. An object that is gone or being deleted needs no request.
func (r *Reconciler) remove(ctx context.Context, object client.Object) error {
	if isNil(object) || object.GetDeletionTimestamp() != nil {
		return nil
	}
	if err := moved(r.Delete(ctx, object, asObserved(object)), object.GetName()); err != nil {
		return fmt.Errorf("deleting %s: %w", object.GetName(), err)
	}
	return nil
}

// asObserved is what must still hold of an object for it to be deleted. The API server
// removes a pod without a node at once, also if it gets one at that moment: its process
// could run beside that of the next pod.
func asObserved(object client.Object) client.Preconditions {
	uid, version := object.GetUID(), object.GetResourceVersion()
	if pod, ok := object.(*corev1.Pod); ok && pod.Spec.NodeName == "" {
		return client.Preconditions{UID: &uid, ResourceVersion: &version}
	}
	return client.Preconditions{UID: &uid}
}

// moved is the error of a write to an object as it was read. One that is gone
// needs nothing more. One that has changed is looked at again: mostly the cache
// is about to show what it is now, but no event says so of an object that has
// lost its labels.
func moved(err error, name string) error {
	if apierrors.IsConflict(err) {
		return waitFor(name+" to be looked at again, as it has changed", cacheRecheck)
	}
	return client.IgnoreNotFound(err)
}

// isNil reports whether the interface holds a nil pointer, as the scope's
// fields are where nothing was found.
func isNil(object client.Object) bool { return reflect.ValueOf(object).IsNil() }
