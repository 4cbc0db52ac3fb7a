package packaging

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// selectors are where objects say what they are for.
var selectors = map[string][]string{
	"Deployment":          {"spec", "selector", "matchLabels"},
	"PodDisruptionBudget": {"spec", "selector", "matchLabels"},
	"Service":             {"spec", "selector"},
	"NetworkPolicy":       {"spec", "podSelector", "matchLabels"},
	"PodMonitor":          {"spec", "selector", "matchLabels"},
	"ServiceMonitor":      {"spec", "selector", "matchLabels"},
}

// wantSelectors fails unless every object selects the pods of its own part of the chart,
// the operator, the gateway or the uninstallation, and no others. A Deployment and its
// budget are for the pods of that Deployment alone, a ServiceMonitor is for Services.
func wantSelectors(t *testing.T, all objects) {
	t.Helper()
	for _, o := range all {
		path, known := selectors[o.GetKind()]
		if !known || o.GetKind() == "PodMonitor" && strings.HasSuffix(o.GetName(), "-sessions") { // whose pods the operator makes
			continue
		}
		selector, _, err := unstructured.NestedStringMap(o.Object, path...)
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range all {
			labels, candidate := selectable(t, o.GetKind(), target)
			if !candidate {
				continue
			}
			want := partOf(o) == partOf(target)
			if o.GetKind() == "Deployment" || o.GetKind() == "PodDisruptionBudget" {
				want = o.GetName() == target.GetName()
			}
			if got := selects(selector, labels); got != want {
				t.Errorf("whether the %s %s selects those of the %s %s is %t", o.GetKind(), o.GetName(), target.GetKind(), target.GetName(), got)
			}
		}
	}
}

// selectable are the labels of what an object has that a selector of a kind may be for.
func selectable(t *testing.T, kind string, target *unstructured.Unstructured) (labels map[string]string, candidate bool) {
	t.Helper()
	if kind == "ServiceMonitor" {
		return target.GetLabels(), target.GetKind() == "Service"
	}
	if target.GetKind() != "Deployment" && target.GetKind() != "Job" {
		return nil, false
	}
	labels, _, err := unstructured.NestedStringMap(target.Object, "spec", "template", "metadata", "labels")
	if err != nil {
		t.Fatal(err)
	}
	return labels, true
}

// partOf is the part of the chart that an object belongs to, by its name.
func partOf(o *unstructured.Unstructured) string {
	for _, part := range []string{"gateway", "uninstall"} {
		if strings.HasSuffix(o.GetName(), "-"+part) {
			return part
		}
	}
	return "operator"
}
