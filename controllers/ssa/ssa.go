// Package ssa decides whether an object needs a server-side apply, so that an
// unchanged object costs no request.
//
// An apply is needed in two cases. The wanted configuration has changed since the
// last apply, possibly by losing a field: its hash, kept in an annotation,
// differs. Or somebody else has changed an applied field: the object no longer
// covers the wanted configuration. Fields that others add are left alone.
package ssa

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// AnnotationApplied is the hash of the last applied configuration.
const AnnotationApplied = "wasession.dev/applied-hash"

// Prepare converts an apply configuration to an object with the hash annotation,
// to be compared and applied.
func Prepare(configuration runtime.ApplyConfiguration) (*unstructured.Unstructured, error) {
	object, raw, err := decode(configuration)
	if err != nil {
		return nil, err
	}
	annotations := object.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[AnnotationApplied] = hash(raw)
	object.SetAnnotations(annotations)
	return object, nil
}

// Object converts an apply configuration to an object that is to be created, and
// never applied after that.
func Object(configuration runtime.ApplyConfiguration) (*unstructured.Unstructured, error) {
	object, _, err := decode(configuration)
	return object, err
}

func decode(configuration runtime.ApplyConfiguration) (object *unstructured.Unstructured, raw []byte, err error) {
	raw, err = json.Marshal(configuration)
	if err != nil {
		return nil, nil, fmt.Errorf("encoding an apply configuration: %w", err)
	}
	object = &unstructured.Unstructured{}
	if err := utiljson.Unmarshal(raw, &object.Object); err != nil {
		return nil, nil, fmt.Errorf("decoding an apply configuration: %w", err)
	}
	return object, raw, nil
}

func hash(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// UpToDate reports whether applying wanted would not change live.
func UpToDate(wanted *unstructured.Unstructured, live client.Object) (bool, error) {
	if live.GetAnnotations()[AnnotationApplied] != wanted.GetAnnotations()[AnnotationApplied] {
		return false, nil
	}
	held, err := runtime.DefaultUnstructuredConverter.ToUnstructured(live)
	if err != nil {
		return false, fmt.Errorf("encoding a live object: %w", err)
	}
	for field, value := range wanted.Object {
		// Objects from a typed cache have no kind and version.
		if field != "apiVersion" && field != "kind" && !covers(value, held[field]) {
			return false, nil
		}
	}
	return true, nil
}
