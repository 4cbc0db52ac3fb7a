package controllers

import (
	"unique"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	toolscache "k8s.io/client-go/tools/cache"
)

// interned extends a cache transform: equal strings in the metadata of cached
// objects are held once. The objects of a session have its name, its owner and
// their labels in common.
func interned(next toolscache.TransformFunc) toolscache.TransformFunc {
	return func(in any) (any, error) {
		out, err := next(in)
		if object, isObject := out.(metav1.ObjectMetaAccessor); err == nil && isObject {
			intern(object.GetObjectMeta())
		}
		return out, err
	}
}

func intern(object metav1.Object) {
	object.SetNamespace(one(object.GetNamespace()))
	labels := object.GetLabels()
	if len(labels) > 0 {
		shared := make(map[string]string, len(labels))
		for key, value := range labels {
			shared[one(key)] = one(value)
		}
		object.SetLabels(shared)
	}
	owners := object.GetOwnerReferences()
	for i := range owners {
		owner := &owners[i]
		owner.APIVersion, owner.Kind, owner.Name, owner.UID = one(owner.APIVersion), one(owner.Kind), one(owner.Name), one(owner.UID)
	}
	object.SetOwnerReferences(owners)
}

// one returns the one copy of a string.
func one[S ~string](s S) S { return unique.Make(s).Value() }
