package localnode

import (
	"context"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// dependentKinds are the kinds that the collector deletes with their owners.
var dependentKinds = []schema.GroupVersionKind{
	{Version: "v1", Kind: "Pod"},
	{Version: "v1", Kind: "Service"},
	{Version: "v1", Kind: "ConfigMap"},
	{Version: "v1", Kind: "Secret"},
	{Version: "v1", Kind: "PersistentVolumeClaim"},
	{Group: "networking.k8s.io", Version: "v1", Kind: "NetworkPolicy"},
	{Group: "networking.k8s.io", Version: "v1", Kind: "Ingress"},
}

// collector deletes the dependents of deleted owners.
type collector struct {
	client client.Client
	owners []schema.GroupVersionKind
}

func (c *collector) setup(manager ctrl.Manager) error {
	for _, kind := range c.owners {
		owner := &metav1.PartialObjectMetadata{}
		owner.SetGroupVersionKind(kind)
		err := ctrl.NewControllerManagedBy(manager).Named("localnode-collector-" + strings.ToLower(kind.Kind)).
			For(owner).
			WithOptions(controller.Options{SkipNameValidation: ptr.To(true)}).
			Complete(reconcile.Func(func(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
				return reconcile.Result{}, c.collect(ctx, kind, request.NamespacedName)
			}))
		if err != nil {
			return err
		}
	}
	return nil
}

// collect deletes the dependents of the owner, unless an owner with that UID
// exists.
func (c *collector) collect(ctx context.Context, kind schema.GroupVersionKind, key types.NamespacedName) error {
	owner := &metav1.PartialObjectMetadata{}
	owner.SetGroupVersionKind(kind)
	err := c.client.Get(ctx, key, owner)
	if client.IgnoreNotFound(err) != nil {
		return err
	}
	var alive types.UID
	if !apierrors.IsNotFound(err) {
		alive = owner.UID
	}
	for _, dependentKind := range dependentKinds {
		list := &metav1.PartialObjectMetadataList{}
		list.SetGroupVersionKind(dependentKind)
		if err := c.client.List(ctx, list, client.InNamespace(key.Namespace)); err != nil {
			return err
		}
		for i := range list.Items {
			dependent := &list.Items[i]
			dependent.SetGroupVersionKind(dependentKind)
			if !orphaned(dependent, kind, key.Name, alive) {
				continue
			}
			err := c.client.Delete(ctx, dependent, client.Preconditions{UID: &dependent.UID})
			if client.IgnoreNotFound(err) != nil {
				return err
			}
		}
	}
	return nil
}

// orphaned reports whether the object's only owner has that kind and name, but
// a UID other than alive.
func orphaned(object metav1.Object, kind schema.GroupVersionKind, name string, alive types.UID) bool {
	references := object.GetOwnerReferences()
	if len(references) != 1 || object.GetDeletionTimestamp() != nil {
		return false
	}
	owner := references[0]
	version, err := schema.ParseGroupVersion(owner.APIVersion)
	return err == nil && version.Group == kind.Group && owner.Kind == kind.Kind && owner.Name == name && owner.UID != alive
}
