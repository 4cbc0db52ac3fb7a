package uninstall

import (
	"context"
	"errors"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/util/retry"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// deleteSessions deletes the sessions that go with the operator, all at the same
// time, and waits until they are gone.
func (o Options) deleteSessions(ctx context.Context) error {
	for _, key := range o.Sessions {
		session := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name}}
		if err := client.IgnoreNotFound(o.Client.Delete(ctx, session)); err != nil {
			return fmt.Errorf("deleting session %s: %w", key, err)
		}
		o.Log.Info("Deleting a session", "session", key.String())
	}
	for _, key := range o.Sessions {
		err := o.awaitEnd(ctx, key)
		if err = explain(ctx, err, "session %s is still there: its conditions say what it waits for. Uninstall again when that is settled", key); err != nil {
			return err
		}
	}
	return nil
}

// awaitEnd waits until the session is gone.
func (o Options) awaitEnd(ctx context.Context, key types.NamespacedName) error {
	for {
		events, err := o.Client.Watch(ctx, &v1alpha1.WhatsAppSessionList{},
			client.InNamespace(key.Namespace), client.MatchingFields{metav1.ObjectNameField: key.Name})
		if err != nil {
			return fmt.Errorf("watching session %s: %w", key, err)
		}
		gone, err := o.awaitDeletion(ctx, key, events)
		if gone || err != nil {
			return err
		}
	}
}

// awaitDeletion returns false if the watch ends before the session does.
func (o Options) awaitDeletion(ctx context.Context, key types.NamespacedName, events watch.Interface) (gone bool, err error) {
	defer events.Stop()
	// It may have gone before the watch began.
	err = o.Client.Get(ctx, key, &v1alpha1.WhatsAppSession{})
	if err != nil {
		return apierrors.IsNotFound(err), client.IgnoreNotFound(err)
	}
	for event := range events.ResultChan() {
		if event.Type == watch.Deleted {
			o.Log.Info("A session is gone", "session", key.String())
			return true, nil
		}
	}
	return false, ctx.Err()
}

// releaseSessions takes the finalizer from all sessions that are left. No
// operator runs that would add it again.
func (o Options) releaseSessions(ctx context.Context) error {
	var failed []error
	for _, namespace := range o.namespaces() {
		sessions := &v1alpha1.WhatsAppSessionList{}
		if err := o.Client.List(ctx, sessions, client.InNamespace(namespace)); err != nil {
			return fmt.Errorf("listing the sessions that are left: %w", err)
		}
		for i := range sessions.Items {
			failed = append(failed, o.release(ctx, &sessions.Items[i]))
		}
	}
	return errors.Join(failed...)
}

// namespaces to list; the empty one means all.
func (o Options) namespaces() []string {
	if len(o.Namespaces) == 0 {
		return []string{metav1.NamespaceAll}
	}
	return o.Namespaces
}

// release takes the finalizer from a session, and keeps those of others.
func (o Options) release(ctx context.Context, session *v1alpha1.WhatsAppSession) error {
	key := client.ObjectKeyFromObject(session)
	err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
		if !slices.Contains(session.Finalizers, v1alpha1.Finalizer) {
			return nil
		}
		base := session.DeepCopy()
		session.Finalizers = slices.DeleteFunc(session.Finalizers, func(f string) bool { return f == v1alpha1.Finalizer })
		err := o.Client.Patch(ctx, session, client.MergeFromWithOptions(base, client.MergeFromWithOptimisticLock{}))
		if apierrors.IsConflict(err) {
			return errors.Join(o.Client.Get(ctx, key, session), err)
		}
		return err
	})
	if client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("releasing session %s: %w", key, err)
	}
	o.Log.Info("Released a session", "session", key.String())
	return nil
}
