package controllers_test

import (
	"context"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

// sessionKinds are the kinds of all objects of a session, itself included.
var sessionKinds = []schema.GroupVersionKind{
	v1alpha1.GroupVersion.WithKind(v1alpha1.Kind),
	corev1.SchemeGroupVersion.WithKind("Pod"),
	corev1.SchemeGroupVersion.WithKind("PersistentVolumeClaim"),
	corev1.SchemeGroupVersion.WithKind("ConfigMap"),
	corev1.SchemeGroupVersion.WithKind("Secret"),
	corev1.SchemeGroupVersion.WithKind("Service"),
	networkingv1.SchemeGroupVersion.WithKind("NetworkPolicy"),
}

// variable are the fields that differ between two sessions that are the same:
// what the API server makes up, times, addresses, and hashes of these.
var variable = []string{
	"uid", "resourceVersion", "creationTimestamp", "managedFields", "generateName",
	"lastTransitionTime", "time", "startTime", "startedAt", "nodeName", "podIP", "podIPs", "clusterIP", "clusterIPs",
	desired.AnnotationConfig, desired.AnnotationSecrets, desired.AnnotationTemplate, "wasession.dev/applied-hash",
}

// remains returns all that is there of a namespace's sessions by kind and name,
// in the same words for sessions that are the same.
func remains(ctx context.Context, namespace string) map[string]string {
	GinkgoHelper()
	found := map[string]string{}
	for _, kind := range sessionKinds {
		list := &unstructured.UnstructuredList{}
		list.SetGroupVersionKind(kind)
		Expect(k8s.List(ctx, list, client.InNamespace(namespace))).To(Succeed())
		for _, object := range list.Items {
			if kind.Kind == "Secret" {
				unstructured.RemoveNestedField(object.Object, "data")
			}
			text, err := yaml.Marshal(invariant(object.Object))
			Expect(err).NotTo(HaveOccurred())
			found[kind.Kind+" "+object.GetName()] = strings.ReplaceAll(string(text), namespace, "NAMESPACE")
		}
	}
	return found
}

// invariant leaves variable fields out of a value of JSON, at any depth.
func invariant(value any) any {
	switch value := value.(type) {
	case map[string]any:
		same := map[string]any{}
		for name, field := range value {
			if !slices.Contains(variable, name) {
				same[name] = invariant(field)
			}
		}
		return same
	case []any:
		same := make([]any, len(value))
		for i, element := range value {
			same[i] = invariant(element)
		}
		return same
	default:
		return value
	}
}

// differences compares two sets of objects; it is empty if they are the same.
func differences(have, want map[string]string) []string {
	var found []string
	for name, text := range have {
		switch wanted, ok := want[name]; {
		case !ok:
			found = append(found, name+" is one too many")
		case wanted != text:
			found = append(found, name+" lacks: "+missing(wanted, text), name+" has: "+missing(text, wanted))
		}
	}
	for name := range want {
		if _, ok := have[name]; !ok {
			found = append(found, name+" is missing")
		}
	}
	return found
}

// missing returns the lines of a text that another lacks.
func missing(text, other string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if !strings.Contains(other, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}
