package packaging

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
)

// rights are all rights that the operator has in the namespaces it manages,
// each with its reason. Any other right is one too many.
var rights = map[string]string{
	"wasession.dev/whatsappsessions: get list patch watch":                     "to reconcile sessions, and to hold their finalizer",
	"wasession.dev/whatsappsessions/status: patch":                             "to report",
	"wasession.dev/whatsappsessions/finalizers: update":                        "to own objects where owner references are guarded",
	"/pods: create delete get list patch watch":                                "one pod a session; patch: to tell it of a changed configuration",
	"/configmaps: create delete get list patch watch":                          "the runtime's configuration",
	"/services: create delete get list patch watch":                            "the session's address; get, list, watch: the Services that specs name, for the NetworkPolicy",
	"/persistentvolumeclaims: create delete get list patch watch":              "the session's volume",
	"/secrets: create delete list patch watch":                                 "generated API keys; patch: whether they go with the session; list and watch for metadata alone, which RBAC cannot say",
	"networking.k8s.io/networkpolicies: create delete get list patch watch":    "the session's policy",
	"networking.k8s.io/ingresses: create delete get list patch watch":          "spec.exposure.ingress",
	"gateway.networking.k8s.io/httproutes: create delete get list patch watch": "spec.exposure.httpRoute",
	"/nodes: get":                        "whether the node of a pod that does not answer is lost",
	"events.k8s.io/events: create patch": "to tell what happened",
}

// ownRights are the rights in its own namespace.
var ownRights = map[string]string{
	"coordination.k8s.io/leases: create get patch update": "which of two replicas works",
	"/secrets: create": "the keys of its tokens and the gateway's, at the first start",
	"/secrets[wasession-operator-token-key wasession-gateway-token-key]: get": "the keys of its tokens and the gateway's",
	"/events: create patch":              "of leader election",
	"events.k8s.io/events: create patch": "of leader election",
}

func TestTheOperatorsRights(t *testing.T) {
	for way, c := range map[string]struct {
		args             []string
		cluster, ownRole string
	}{
		"kustomize": {[]string{"kustomize", "config/default"}, "wasession-operator", "wasession-operator-leader-election"},
		"helm":      {[]string{"helm", "charts/wasession"}, "wasession", "wasession-leader-election"},
	} {
		t.Run(way, func(t *testing.T) {
			all := render(t, c.args...)
			wantRights(t, rights, into[rbacv1.ClusterRole](t, all.one(t, "ClusterRole", c.cluster)).Rules)
			wantRights(t, ownRights, into[rbacv1.Role](t, all.one(t, "Role", c.ownRole)).Rules)
		})
	}
}

// The operator of one namespace has the same rights there, but for the nodes, which are
// in no namespace.
func TestTheNamespacedOperatorsRights(t *testing.T) {
	all := render(t, "kustomize", "config/namespaced")
	there := maps.Clone(rights)
	delete(there, "/nodes: get")
	wantRights(t, there, into[rbacv1.Role](t, all.one(t, "Role", "wasession-operator")).Rules)
	wantRights(t, ownRights, into[rbacv1.Role](t, all.one(t, "Role", "wasession-operator-leader-election")).Rules)
}

func wantRights(t *testing.T, want map[string]string, rules []rbacv1.PolicyRule) {
	t.Helper()
	have := map[string]bool{}
	for _, rule := range rules {
		verbs := slices.Sorted(slices.Values(rule.Verbs))
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				if len(rule.ResourceNames) > 0 {
					resource += fmt.Sprint(rule.ResourceNames)
				}
				have[fmt.Sprintf("%s/%s: %s", group, resource, strings.Join(verbs, " "))] = true
			}
		}
	}
	for right := range have {
		if want[right] == "" {
			t.Errorf("the operator has a right without a reason: %s", right)
		}
	}
	for right := range want {
		if !have[right] {
			t.Errorf("the operator lacks %s", right)
		}
	}
}
