package packaging

import (
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

var withPolicies = []string{
	"networkPolicy.enabled=true", "networkPolicy.metricsNamespaces={monitoring}", "shards={a}", "gateway.networkPolicy.enabled=true",
}

// The policies are for all pods of the operator and of the gateway, and let them reach
// session pods on the port of the chat API.
func TestNetworkPoliciesFindPods(t *testing.T) {
	all := render(t, withGateway(withPolicies...)...)
	session, err := desired.Pod(&v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Name: "sales", Namespace: "crm"}}, desired.Settings{RuntimeImage: "x"})
	if err != nil {
		t.Fatal(err)
	}
	for policy, deployments := range map[string][]string{"wasession": {"wasession", "wasession-a"}, gatewayName: {gatewayName}} {
		spec := into[networkingv1.NetworkPolicy](t, all.one(t, "NetworkPolicy", policy)).Spec
		for _, name := range deployments {
			pods := into[appsv1.Deployment](t, all.one(t, "Deployment", name)).Spec.Template.Labels
			if !matches(t, &spec.PodSelector, pods) {
				t.Errorf("the policy %s is not for the pods of %s", policy, name)
			}
		}
		if !slices.ContainsFunc(spec.Egress, func(rule networkingv1.NetworkPolicyEgressRule) bool {
			return len(rule.To) == 1 && rule.To[0].PodSelector != nil && matches(t, rule.To[0].PodSelector, session.Labels) &&
				matches(t, rule.To[0].NamespaceSelector, nil) && rule.Ports[0].Port.IntVal == 3000
		}) {
			t.Errorf("the policy %s does not let its pods reach sessions: %v", policy, spec.Egress)
		}
	}
}

// The operator takes no connections but those of readers of metrics.
func TestTheOperatorsPolicyIsNarrow(t *testing.T) {
	policy := func(sets ...string) networkingv1.NetworkPolicySpec {
		return into[networkingv1.NetworkPolicy](t, render(t, withGateway(sets...)...).one(t, "NetworkPolicy", "wasession")).Spec
	}
	closed := policy("networkPolicy.enabled=true")
	if len(closed.Ingress) != 0 || !slices.Contains(closed.PolicyTypes, networkingv1.PolicyTypeIngress) {
		t.Errorf("without namespaces the ingress is %v", closed.Ingress)
	}
	open := policy(withPolicies...).Ingress
	if len(open) != 1 || len(open[0].From) != 1 || len(open[0].Ports) != 1 || open[0].Ports[0].Port.StrVal != "metrics" {
		t.Fatalf("with a namespace the ingress is %v", open)
	}
	wantEqual(t, open[0].From[0], networkingv1.NetworkPolicyPeer{
		NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": "monitoring"}},
	})
}

// In a namespace that denies everything, the job before an uninstallation still reaches
// the API server, and nothing else.
func TestThePolicyOfTheUninstallation(t *testing.T) {
	all := render(t, "helm", "charts/wasession", "-set", "networkPolicy.enabled=true,networkPolicy.apiServer.ports={8443}")
	spec := into[networkingv1.NetworkPolicy](t, all.installed().one(t, "NetworkPolicy", "wasession-uninstall")).Spec
	job := into[batchv1.Job](t, all.one(t, "Job", "wasession-uninstall"))
	if !matches(t, &spec.PodSelector, job.Spec.Template.Labels) {
		t.Errorf("the policy is for %v, the job's pod has the labels %v", spec.PodSelector, job.Spec.Template.Labels)
	}
	var ports []int32
	for _, rule := range spec.Egress {
		for _, port := range rule.Ports {
			ports = append(ports, port.Port.IntVal)
		}
	}
	wantEqual(t, ports, []int32{8443, 53, 53})
	if len(spec.Ingress) > 0 {
		t.Errorf("the ingress is %v", spec.Ingress)
	}
	without := render(t, "helm", "charts/wasession", "-set", "networkPolicy.enabled=true,uninstall.hook=false").names()
	if slices.Contains(without, "NetworkPolicy wasession-uninstall") {
		t.Error("there is a policy for a job that there is not")
	}
}

func matches(t *testing.T, selector *metav1.LabelSelector, set map[string]string) bool {
	t.Helper()
	s, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		t.Fatal(err)
	}
	return s.Matches(labels.Set(set))
}
