package controllers

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

// ahead is an API server with objects that the caches have not seen yet. Secrets
// can be listed but not read, as in the operator's role.
type ahead struct {
	client.Client // any other request panics
	objects       map[string]client.Object
	deleted       []string
}

func keyOf(object any, name string) string { return reflect.TypeOf(object).Elem().Name() + " " + name }

func (a *ahead) Get(_ context.Context, key client.ObjectKey, into client.Object, _ ...client.GetOption) error {
	if _, secret := into.(*metav1.PartialObjectMetadata); secret {
		return apierrors.NewForbidden(schema.GroupResource{Resource: "secrets"}, key.Name, nil)
	}
	held, ok := a.objects[keyOf(into, key.Name)]
	if !ok {
		return apierrors.NewNotFound(schema.GroupResource{}, key.Name)
	}
	reflect.ValueOf(into).Elem().Set(reflect.ValueOf(held).Elem())
	return nil
}

func (a *ahead) List(_ context.Context, into client.ObjectList, options ...client.ListOption) error {
	var asked client.ListOptions
	asked.ApplyOptions(options)
	name, _ := asked.FieldSelector.RequiresExactMatch("metadata.name")
	if held, ok := a.objects["PartialObjectMetadata "+name]; ok && asked.Namespace == "crm" {
		list := into.(*metav1.PartialObjectMetadataList)
		list.Items = append(list.Items, *held.(*metav1.PartialObjectMetadata))
	}
	return nil
}

func (a *ahead) Delete(_ context.Context, object client.Object, options ...client.DeleteOption) error {
	var asked client.DeleteOptions
	asked.ApplyOptions(options)
	if asked.Preconditions == nil || *asked.Preconditions.UID != object.GetUID() {
		panic("an object is deleted by its name alone")
	}
	a.deleted = append(a.deleted, keyOf(object, object.GetName()))
	return nil
}

// A session that is deleted right after its creation leaves nothing behind, with
// or without the garbage collector.
func TestWhatTheCachesHaveNotSeenIsRemovedAsWell(t *testing.T) {
	session := salesSession(func(s *v1alpha1.WhatsAppSession) { s.Spec.Storage.Claim.WhenDeleted = v1alpha1.VolumeDelete })
	own := func(name string) metav1.ObjectMeta {
		return metav1.ObjectMeta{
			Namespace: "crm", Name: name, UID: "1", Labels: desired.Labels(session), OwnerReferences: []metav1.OwnerReference{desired.OwnerReference(session)},
		}
	}
	made := func(meta func(string) metav1.ObjectMeta) map[string]client.Object {
		objects := map[string]client.Object{}
		for _, object := range []client.Object{
			&corev1.Service{ObjectMeta: meta("sales")}, &networkingv1.NetworkPolicy{ObjectMeta: meta("sales")},
			&corev1.ConfigMap{ObjectMeta: meta("sales-config")}, &metav1.PartialObjectMetadata{ObjectMeta: meta("sales-keys")},
			&corev1.PersistentVolumeClaim{ObjectMeta: meta("sales-data")},
		} {
			objects[keyOf(object, object.GetName())] = object
		}
		return objects
	}
	everything := []string{
		"ConfigMap sales-config", "NetworkPolicy sales", "PartialObjectMetadata sales-keys", "PersistentVolumeClaim sales-data", "Service sales",
	}
	cases := []struct {
		name string
		meta func(string) metav1.ObjectMeta
		want []string
	}{
		{"its own", own, everything},
		{"somebody else's", func(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Namespace: "crm", Name: name, UID: "1"} }, nil},
		{"on their way out", func(name string) metav1.ObjectMeta {
			meta, now := own(name), metav1.Now()
			meta.DeletionTimestamp = &now
			return meta
		}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := &ahead{objects: made(c.meta)}
			r, s := &Reconciler{Client: server, Live: server}, &scope{session: session}
			if err := r.removeObjects(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(r.releaseKeys(t.Context(), s), r.releaseClaim(t.Context(), s)); err != nil {
				t.Fatal(err)
			}
			slices.Sort(server.deleted)
			if !slices.Equal(server.deleted, c.want) {
				t.Errorf("deleted are %v, want %v", server.deleted, c.want)
			}
		})
	}
	t.Run("nothing", func(t *testing.T) {
		server := &ahead{}
		r, s := &Reconciler{Client: server, Live: server}, &scope{session: session}
		if err := r.removeObjects(t.Context(), s); err != nil || r.releaseKeys(t.Context(), s) != nil || r.releaseClaim(t.Context(), s) != nil || server.deleted != nil {
			t.Errorf("deleted are %v, %v", server.deleted, err)
		}
	})
}
