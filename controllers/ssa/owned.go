package ssa

import (
	"encoding/json"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// An object can be compared by its metadata alone, since the API server keeps
// account there of which fields an owner applied. A change of such a field by
// somebody else takes it from the owner. So if the hash of the configuration is
// that of the last apply, and the owner still owns all fields of it, every one of
// them has the value that was applied.

// AnnotationOwned is the hash of the fields that the owner holds by apply. It is
// only in cached metadata, never on the API server.
const AnnotationOwned = "wasession.dev/owned-fields"

// Reduce returns a cache transform that leaves of an object's metadata what
// Owns and the question of whose it is need.
func Reduce(owner string, labels ...string) func(any) (any, error) {
	return func(in any) (any, error) {
		object, err := meta.Accessor(in)
		if err != nil {
			return in, nil // a tombstone
		}
		kept := map[string]string{}
		if hash, ok := object.GetAnnotations()[AnnotationApplied]; ok {
			kept[AnnotationApplied] = hash
		}
		for _, entry := range object.GetManagedFields() {
			if entry.Manager == owner && entry.Operation == metav1.ManagedFieldsOperationApply && entry.Subresource == "" && entry.FieldsV1 != nil {
				kept[AnnotationOwned] = hashOfFields(entry.FieldsV1)
			}
		}
		if owned, ok := object.GetAnnotations()[AnnotationOwned]; ok && object.GetManagedFields() == nil {
			kept[AnnotationOwned] = owned // it was reduced before
		}
		own := map[string]string{}
		for _, label := range labels {
			if value, ok := object.GetLabels()[label]; ok {
				own[label] = value
			}
		}
		object.SetManagedFields(nil)
		object.SetAnnotations(kept)
		object.SetLabels(own)
		return in, nil
	}
}

func hashOfFields(fields *metav1.FieldsV1) string {
	var set any
	raw := fields.GetRawBytes()
	if json.Unmarshal(raw, &set) == nil {
		if sorted, err := json.Marshal(set); err == nil {
			raw = sorted
		}
	}
	return hash(raw)
}

// SameConfiguration reports whether the wanted configuration is the one that was
// applied last.
func SameConfiguration(wanted *unstructured.Unstructured, held metav1.Object) bool {
	return held.GetAnnotations()[AnnotationApplied] == wanted.GetAnnotations()[AnnotationApplied]
}

// Owns reports whether the owner still owns, by reduced metadata, all fields of
// the wanted configuration and no others. False can also mean that the fields
// cannot be told from here; then the object itself has to be compared.
func Owns(wanted *unstructured.Unstructured, held metav1.Object) bool {
	raw, err := json.Marshal(fieldsOf("", wanted.Object))
	return err == nil && held.GetAnnotations()[AnnotationOwned] == hash(raw)
}

// The parts of an object that are owned as a whole, and those that belong to no
// owner.
var (
	atomic = map[string]bool{".spec.podSelector": true, ".spec.selector": true}
	nobody = map[string]bool{
		".apiVersion": true, ".kind": true, ".metadata.name": true, ".metadata.namespace": true, ".metadata.resourceVersion": true,
	}
)

// fieldsOf returns the fields of a configuration as FieldsV1 has them. Lists are
// atomic, except that of owners.
func fieldsOf(path string, value any) map[string]any {
	fields := map[string]any{}
	switch value := value.(type) {
	case map[string]any:
		if atomic[path] {
			return fields
		}
		for key, child := range value {
			if at := path + "." + key; !nobody[at] {
				fields["f:"+key] = fieldsOf(at, child)
			}
		}
	case []any:
		if path != ".metadata.ownerReferences" {
			return fields
		}
		for _, owner := range value {
			if reference, ok := owner.(map[string]any); ok {
				key, _ := json.Marshal(map[string]any{"uid": reference["uid"]}) // a string
				fields["k:"+string(key)] = map[string]any{}
			}
		}
	}
	return fields
}
