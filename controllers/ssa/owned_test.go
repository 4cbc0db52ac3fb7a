package ssa

import (
	"reflect"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	metaac "k8s.io/client-go/applyconfigurations/meta/v1"
	networkingac "k8s.io/client-go/applyconfigurations/networking/v1"
)

const owner = "us"

// policy is a configuration with all that the fields of one can be.
func policy(t *testing.T) *unstructured.Unstructured {
	t.Helper()
	prepared, err := Prepare(networkingac.NetworkPolicy("sales", "crm").
		WithLabels(map[string]string{"session": "sales"}).
		WithOwnerReferences(metaac.OwnerReference().WithAPIVersion("v1").WithKind("Session").WithName("sales").WithUID("u-1").WithController(true)).
		WithSpec(networkingac.NetworkPolicySpec().
			WithPodSelector(metaac.LabelSelector().WithMatchLabels(map[string]string{"session": "sales"})).
			WithPolicyTypes("Ingress").
			WithIngress(networkingac.NetworkPolicyIngressRule())))
	if err != nil {
		t.Fatal(err)
	}
	return prepared
}

// accounted is what an API server says of its fields after it was applied.
const accounted = `{"f:metadata":{"f:annotations":{"f:wasession.dev/applied-hash":{}},"f:labels":{"f:session":{}},` +
	`"f:ownerReferences":{"k:{\"uid\":\"u-1\"}":{}}},"f:spec":{"f:ingress":{},"f:podSelector":{},"f:policyTypes":{}}}`

const reordered = `{"f:spec":{"f:policyTypes":{},"f:podSelector":{},"f:ingress":{}},"f:metadata":{"f:ownerReferences":{"k:{\"uid\":\"u-1\"}":{}},` +
	`"f:labels":{"f:session":{}},"f:annotations":{"f:wasession.dev/applied-hash":{}}}}`

func entry(manager string, operation metav1.ManagedFieldsOperationType, fields string) metav1.ManagedFieldsEntry {
	return metav1.ManagedFieldsEntry{Manager: manager, Operation: operation, FieldsV1: metav1.NewFieldsV1(fields)}
}

func TestOwnsTellsWhoHasChangedWhat(t *testing.T) {
	const apply, update = metav1.ManagedFieldsOperationApply, metav1.ManagedFieldsOperationUpdate
	wanted := policy(t)
	cases := []struct {
		name    string
		entries []metav1.ManagedFieldsEntry
		want    bool
	}{
		{"as applied", []metav1.ManagedFieldsEntry{entry(owner, apply, accounted)}, true},
		{"somebody added a label", []metav1.ManagedFieldsEntry{entry(owner, apply, accounted), entry("kubectl", update, `{"f:metadata":{"f:labels":{"f:team":{}}}}`)}, true},
		{"in another order", []metav1.ManagedFieldsEntry{entry(owner, apply, reordered)}, true},
		{"somebody changed the rules", []metav1.ManagedFieldsEntry{
			entry(owner, apply, `{"f:metadata":{"f:annotations":{"f:wasession.dev/applied-hash":{}},"f:labels":{"f:session":{}},"f:ownerReferences":{"k:{\"uid\":\"u-1\"}":{}}},"f:spec":{"f:podSelector":{},"f:policyTypes":{}}}`),
			entry("kubectl", update, `{"f:spec":{"f:ingress":{}}}`),
		}, false},
		{"another owner", []metav1.ManagedFieldsEntry{entry(owner, apply, `{"f:metadata":{"f:annotations":{"f:wasession.dev/applied-hash":{}},"f:labels":{"f:session":{}},"f:ownerReferences":{"k:{\"uid\":\"u-2\"}":{}}},"f:spec":{"f:ingress":{},"f:podSelector":{},"f:policyTypes":{}}}`)}, false},
		{"everything was taken", []metav1.ManagedFieldsEntry{entry("kubectl", apply, accounted)}, false},
		{"updated, not applied", []metav1.ManagedFieldsEntry{entry(owner, update, accounted)}, false},
		{"nobody keeps account", nil, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			held := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Annotations: wanted.GetAnnotations(), ManagedFields: c.entries}}
			if _, err := Reduce(owner)(held); err != nil {
				t.Fatal(err)
			}
			if !SameConfiguration(wanted, held) {
				t.Error("the configuration is said to be another")
			}
			if got := Owns(wanted, held); got != c.want {
				t.Errorf("owns all: %v, want %v", got, c.want)
			}
		})
	}
}

func TestReducedMetadataIsSmall(t *testing.T) {
	held := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{
		Name: "sales", UID: "x",
		Labels:        map[string]string{"session": "sales", "team": "crm"},
		Annotations:   map[string]string{AnnotationApplied: "h", "note": "long"},
		ManagedFields: []metav1.ManagedFieldsEntry{entry(owner, metav1.ManagedFieldsOperationApply, accounted)},
	}}
	reduce := Reduce(owner, "session")
	if _, err := reduce(held); err != nil {
		t.Fatal(err)
	}
	owned := held.Annotations[AnnotationOwned]
	want := metav1.ObjectMeta{
		Name: "sales", UID: "x", Labels: map[string]string{"session": "sales"},
		Annotations: map[string]string{AnnotationApplied: "h", AnnotationOwned: owned},
	}
	if owned == "" || !reflect.DeepEqual(held.ObjectMeta, want) {
		t.Errorf("cached is %+v", held.ObjectMeta)
	}
	if _, err := reduce(held); err != nil || held.Annotations[AnnotationOwned] != owned {
		t.Errorf("reduced once more: %+v, %v", held.ObjectMeta, err)
	}
	if got, err := reduce("a tombstone"); err != nil || got != "a tombstone" {
		t.Errorf("something else: %v, %v", got, err)
	}
}
