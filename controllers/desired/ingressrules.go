package desired

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	networkingac "k8s.io/client-go/applyconfigurations/networking/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// apiRule lets pods reach the API port: those of the namespaces that the spec and
// the operator's flags name, of the session's own, and of the operator's: it reads
// the session's status there, and the gateway, if there is one, forwards calls.
// Without names, everyone may.
func apiRule(s *v1alpha1.WhatsAppSession, settings Settings) *networkingac.NetworkPolicyIngressRuleApplyConfiguration {
	rule := networkingac.NetworkPolicyIngressRule().WithPorts(port(corev1.ProtocolTCP, intstr.FromInt32(runtimev1.Port)))
	namespaces := slices.Clone(settings.AllowedNamespaces)
	if s.Spec.API != nil {
		namespaces = append(namespaces, s.Spec.API.AllowedNamespaces...)
	}
	if len(namespaces) == 0 {
		return rule
	}
	namespaces = append(namespaces, s.Namespace)
	if settings.OperatorNamespace != "" {
		namespaces = append(namespaces, settings.OperatorNamespace)
	}
	slices.Sort(namespaces)
	for _, namespace := range slices.Compact(namespaces) {
		rule.WithFrom(podsOf(namespace, nil))
	}
	return rule
}
