package desired

import (
	networkingv1 "k8s.io/api/networking/v1"
	metaac "k8s.io/client-go/applyconfigurations/meta/v1"
	networkingac "k8s.io/client-go/applyconfigurations/networking/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// NetworkPolicy allows the ingress of ingressRules and the egress of egressRules.
// The API's keys decide who may call it. Other policies in the namespace add to
// this one.
func NetworkPolicy(s *v1alpha1.WhatsAppSession, settings Settings, services Services) *networkingac.NetworkPolicyApplyConfiguration {
	return networkingac.NetworkPolicy(NetworkPolicyName(s), s.Namespace).
		WithLabels(Labels(s)).
		WithAnnotations(annotations[string](s, nil)).
		WithOwnerReferences(ownerReference(s)).
		WithSpec(networkingac.NetworkPolicySpec().
			WithPodSelector(metaac.LabelSelector().WithMatchLabels(selector(s))).
			WithPolicyTypes(networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress).
			WithIngress(ingressRules(s, settings)...).
			WithEgress(egressRules(s, settings, services)...))
}
