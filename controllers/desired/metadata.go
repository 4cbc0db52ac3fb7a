package desired

import (
	"maps"

	"github.com/wasession/wasession/api/v1alpha1"
)

// Labels returns the labels of every object of the session: the operator's own,
// and those that the spec adds.
func Labels(s *v1alpha1.WhatsAppSession) map[string]string {
	return labels[string](s, nil)
}

// labels adds an object's own labels. Those that the operator finds its objects
// by cannot be replaced.
func labels[V ~string](s *v1alpha1.WhatsAppSession, of map[string]V) map[string]string {
	all := map[string]string{}
	if inherited := s.Spec.InheritedMetadata; inherited != nil {
		add(all, inherited.Labels)
	}
	add(all, of)
	delete(all, v1alpha1.LabelShard)
	maps.Copy(all, OwnLabels(s))
	return all
}

// OwnLabels returns the labels that every object of the session has, whatever
// the spec says: the operator finds it by them. With the session's shard, the
// operators of other shards need not watch it.
func OwnLabels(s *v1alpha1.WhatsAppSession) map[string]string {
	own := map[string]string{
		v1alpha1.LabelName:      v1alpha1.ProductName,
		v1alpha1.LabelInstance:  s.Name,
		v1alpha1.LabelComponent: v1alpha1.ComponentRuntime,
		v1alpha1.LabelManagedBy: v1alpha1.ManagerName,
		v1alpha1.LabelPartOf:    v1alpha1.ProductName,
		v1alpha1.LabelSession:   s.Name,
	}
	if shard, ok := s.Labels[v1alpha1.LabelShard]; ok {
		own[v1alpha1.LabelShard] = shard
	}
	return own
}

// annotations are those that the spec adds to every object, and an object's own.
func annotations[V ~string](s *v1alpha1.WhatsAppSession, of map[string]V) map[string]string {
	all := map[string]string{}
	if inherited := s.Spec.InheritedMetadata; inherited != nil {
		add(all, inherited.Annotations)
	}
	add(all, of)
	return all
}

func add[V ~string](to map[string]string, from map[string]V) {
	for key, value := range from {
		to[key] = string(value)
	}
}

// plain returns a map without the named type that carries the schema of its
// values.
func plain[V ~string](values map[string]V) map[string]string {
	if values == nil {
		return nil
	}
	all := make(map[string]string, len(values))
	add(all, values)
	return all
}
