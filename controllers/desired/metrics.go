package desired

import (
	"fmt"
	"net"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	coreac "k8s.io/client-go/applyconfigurations/core/v1"
	metaac "k8s.io/client-go/applyconfigurations/meta/v1"
	networkingac "k8s.io/client-go/applyconfigurations/networking/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// metricsPortName names the metrics port in the pod; PodMonitors refer to it.
const metricsPortName = "metrics"

// serveMetrics opens the port for metrics in the container. That metrics are
// served is part of the pod's template, but not to whom: other namespaces
// replace no pod.
func serveMetrics(container *coreac.ContainerApplyConfiguration, settings Settings) {
	if len(settings.MetricsNamespaces) == 0 {
		return
	}
	container.
		WithPorts(coreac.ContainerPort().
			WithName(metricsPortName).
			WithProtocol(corev1.ProtocolTCP).
			WithContainerPort(runtimev1.MetricsPort)).
		WithEnv(coreac.EnvVar().WithName(runtimev1.EnvMetricsAddress).WithValue(metricsAddress(settings.ListenAddress)))
}

// metricsAddress is the metrics port of the address that the runtime listens on.
func metricsAddress(listen string) string {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		host = ""
	}
	if strings.Contains(host, "$(") {
		host = "[" + host + "]" // it may become an IPv6 address
	}
	return fmt.Sprintf("%s:%d", host, runtimev1.MetricsPort)
}

// ingressRules are that of the API, and one for metrics from the namespaces that
// the operator's settings name.
func ingressRules(s *v1alpha1.WhatsAppSession, settings Settings) []*networkingac.NetworkPolicyIngressRuleApplyConfiguration {
	rules := []*networkingac.NetworkPolicyIngressRuleApplyConfiguration{
		apiRule(s, settings),
	}
	if len(settings.MetricsNamespaces) > 0 {
		rules = append(rules, networkingac.NetworkPolicyIngressRule().
			WithFrom(networkingac.NetworkPolicyPeer().WithNamespaceSelector(metaac.LabelSelector().
				WithMatchExpressions(metaac.LabelSelectorRequirement().
					WithKey(corev1.LabelMetadataName).
					WithOperator(metav1.LabelSelectorOpIn).
					WithValues(slices.Sorted(slices.Values(settings.MetricsNamespaces))...)))).
			WithPorts(port(corev1.ProtocolTCP, intstr.FromInt32(runtimev1.MetricsPort))))
	}
	return rules
}
