package packaging

import (
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// sharded are the two ways to install several operators, with the names of their
// Deployments and what these handle.
var sharded = map[string]struct {
	args      []string
	operators map[string]string
	metrics   []string
}{
	"kustomize": {
		[]string{"kustomize", "config/sharding"},
		map[string]string{"wasession-operator": "!wasession.dev/shard", "wasession-operator-a": "wasession.dev/shard=a"},
		[]string{"wasession-operator-metrics", "wasession-operator-metrics-a"},
	},
	"helm": {
		[]string{"helm", "charts/wasession", "-crds", "-set", "shards={a,b}"},
		map[string]string{"wasession": "!wasession.dev/shard", "wasession-a": "wasession.dev/shard=a", "wasession-b": "wasession.dev/shard=b"},
		[]string{"wasession-metrics"},
	},
}

func TestShardedInstallationsAreApplicable(t *testing.T) {
	for way, installation := range sharded {
		t.Run(way, func(t *testing.T) { wantApplicable(t, render(t, installation.args...)) })
	}
}

// Each operator handles its shard, its objects select its pods alone, and the
// metrics of all are found.
func TestShardsAreSeparate(t *testing.T) {
	for way, installation := range sharded {
		t.Run(way, func(t *testing.T) {
			all := render(t, installation.args...)
			pods := map[string]labels.Set{}
			for name, selector := range installation.operators {
				deployment := into[appsv1.Deployment](t, all.one(t, "Deployment", name))
				if args := deployment.Spec.Template.Spec.Containers[0].Args; !slices.Contains(args, "--watch-label-selector="+selector) {
					t.Errorf("%s has the arguments %q, not the selector %s", name, args, selector)
				}
				pods[name] = deployment.Spec.Template.Labels
			}
			selects := func(what string, selector *metav1.LabelSelector, want string) {
				t.Helper()
				matcher, err := metav1.LabelSelectorAsSelector(selector)
				if err != nil {
					t.Fatal(err)
				}
				for name, set := range pods {
					if matcher.Matches(set) != (name == want) {
						t.Errorf("%s selects the pods of %s: %v", what, name, matcher.Matches(set))
					}
				}
			}
			for name := range installation.operators {
				deployment := into[appsv1.Deployment](t, all.one(t, "Deployment", name))
				selects("Deployment "+name, deployment.Spec.Selector, name)
				selects("the spread of "+name, deployment.Spec.Template.Spec.TopologySpreadConstraints[0].LabelSelector, name)
				selects("the budget of "+name, into[policyv1.PodDisruptionBudget](t, all.one(t, "PodDisruptionBudget", name)).Spec.Selector, name)
			}
			for name, set := range pods {
				found := slices.ContainsFunc(installation.metrics, func(service string) bool {
					return labels.SelectorFromSet(into[corev1.Service](t, all.one(t, "Service", service)).Spec.Selector).Matches(set)
				})
				if !found {
					t.Errorf("no Service of metrics selects the pods of %s", name)
				}
			}
		})
	}
}

func TestWithoutShardsAnOperatorHandlesAll(t *testing.T) {
	for way, installation := range installations {
		deployment := into[appsv1.Deployment](t, render(t, installation.args...).one(t, "Deployment", installation.name))
		for _, arg := range deployment.Spec.Template.Spec.Containers[0].Args {
			if strings.HasPrefix(arg, "--watch-label-selector") {
				t.Errorf("%s: %s", way, arg)
			}
		}
	}
}
