package desired

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
)

func ingressOf(t *testing.T, settings Settings) []networkingv1.NetworkPolicyIngressRule {
	t.Helper()
	raw, err := json.Marshal(NetworkPolicy(load(t, "minimal"), settings, nil))
	if err != nil {
		t.Fatal(err)
	}
	var policy networkingv1.NetworkPolicy
	if err := json.Unmarshal(raw, &policy); err != nil {
		t.Fatal(err)
	}
	return policy.Spec.Ingress
}

func tcp(number int32) []networkingv1.NetworkPolicyPort {
	return []networkingv1.NetworkPolicyPort{{Protocol: ptr.To(corev1.ProtocolTCP), Port: ptr.To(intstr.FromInt32(number))}}
}

// Metrics are open to the namespaces named, and to nobody else.
func TestWhoMayReadMetrics(t *testing.T) {
	api := networkingv1.NetworkPolicyIngressRule{Ports: tcp(3000)}
	if got, want := ingressOf(t, Settings{}), []networkingv1.NetworkPolicyIngressRule{api}; !reflect.DeepEqual(got, want) {
		t.Errorf("without namespaces the rules are %+v", got)
	}
	want := []networkingv1.NetworkPolicyIngressRule{api, {
		Ports: tcp(9464),
		From: []networkingv1.NetworkPolicyPeer{{NamespaceSelector: &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{
			Key: "kubernetes.io/metadata.name", Operator: metav1.LabelSelectorOpIn, Values: []string{"monitoring", "observability"},
		}}}}},
	}}
	if got := ingressOf(t, Settings{MetricsNamespaces: []string{"observability", "monitoring"}}); !reflect.DeepEqual(got, want) {
		t.Errorf("the rules are %+v, want %+v", got, want)
	}
}

func TestWhereMetricsAreServed(t *testing.T) {
	address := func(settings Settings) string {
		t.Helper()
		container := podOf(t, load(t, "minimal"), settings).Spec.Containers[0]
		open := slices.ContainsFunc(container.Ports, func(p corev1.ContainerPort) bool { return p.Name == "metrics" && p.ContainerPort == 9464 })
		for _, env := range container.Env {
			if env.Name == "WASESSION_METRICS_ADDRESS" {
				if !open {
					t.Error("the port is not declared")
				}
				return env.Value
			}
		}
		if open {
			t.Error("a port is declared that nobody serves")
		}
		return ""
	}
	namespaces := []string{"monitoring"}
	for _, c := range []struct {
		name     string
		settings Settings
		want     string
	}{
		{"nowhere", Settings{}, ""},
		{"on all addresses", Settings{MetricsNamespaces: namespaces}, ":9464"},
		{"beside the API", Settings{MetricsNamespaces: namespaces, ListenAddress: "127.0.0.9:3000"}, "127.0.0.9:9464"},
		{"on the pod's address", Settings{MetricsNamespaces: namespaces, ListenAddress: "[$(POD_IP)]:3000"}, "[$(POD_IP)]:9464"},
	} {
		if got := address(c.settings); got != c.want {
			t.Errorf("%s: the address is %q, want %q", c.name, got, c.want)
		}
	}
}

// Other namespaces change the policy and replace no pod.
func TestOtherNamespacesReplaceNoPod(t *testing.T) {
	hash := func(namespaces ...string) string {
		pod, err := Pod(load(t, "minimal"), Settings{MetricsNamespaces: namespaces})
		if err != nil {
			t.Fatal(err)
		}
		return pod.Annotations[AnnotationTemplate]
	}
	if hash("a") != hash("b", "c") {
		t.Error("the template depends on the namespaces")
	}
	if hash() == hash("a") {
		t.Error("a pod that serves no metrics is not replaced")
	}
}
