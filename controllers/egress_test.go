package controllers_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/wasession/wasession/api/v1alpha1"
)

var _ = Describe("What a session may reach", func() {
	It("follows the Services that the spec names, in any namespace", func(ctx SpecContext) {
		namespace, other := newNamespace(ctx), newNamespace(ctx)
		key := newSession(ctx, namespace, "sales", func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Webhooks = []v1alpha1.WebhookSpec{{Name: "n8n", URL: "http://n8n." + other + ".svc/hook", Events: []v1alpha1.WebhookEvent{"message"}}}
		})
		Eventually(egressRules).WithArguments(ctx, key).Should(HaveLen(2), "DNS and public addresses, while there is no such Service")

		service := &corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Namespace: other, Name: "n8n"},
			Spec: corev1.ServiceSpec{
				Selector: map[string]string{"app": "n8n"},
				Ports:    []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromInt32(5678)}},
			},
		}
		Expect(k8s.Create(ctx, service)).To(Succeed())
		Eventually(egressRules).WithArguments(ctx, key).Should(ContainElement(podRule(other, "n8n", intstr.FromInt32(5678))))

		service.Spec.Selector = map[string]string{"app": "n8n-2"}
		service.Spec.Ports[0].TargetPort = intstr.FromString("web")
		Expect(k8s.Update(ctx, service)).To(Succeed())
		Eventually(egressRules).WithArguments(ctx, key).Should(And(HaveLen(3), ContainElement(podRule(other, "n8n-2", intstr.FromString("web")))))

		Expect(k8s.Delete(ctx, service)).To(Succeed())
		Eventually(egressRules).WithArguments(ctx, key).Should(HaveLen(2))
	})

	It("grows by what the spec allows, without another pod", func(ctx SpecContext) {
		key, _ := newWorkingSession(ctx, newNamespace(ctx), "sales")
		before := getPod(ctx, key).UID
		update(ctx, key, func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Egress = &v1alpha1.EgressSpec{Allow: []v1alpha1.EgressTarget{"10.20.0.0/16", "fd00:1::/64", "*.corp.example.com"}}
		})
		waitForConfig(ctx, key, And(ContainSubstring("10.20.0.0/16"), ContainSubstring("*.corp.example.com")))
		Eventually(egressRules).WithArguments(ctx, key).Should(ContainElement(networkingv1.NetworkPolicyEgressRule{
			To: []networkingv1.NetworkPolicyPeer{
				{IPBlock: &networkingv1.IPBlock{CIDR: "10.20.0.0/16"}}, {IPBlock: &networkingv1.IPBlock{CIDR: "fd00:1::/64"}},
			},
		}))
		Expect(getPod(ctx, key).UID).To(Equal(before))
	})
})

// egressRules returns the rules of a session's policy, or none without a policy.
func egressRules(ctx context.Context, key types.NamespacedName) []networkingv1.NetworkPolicyEgressRule {
	policy := &networkingv1.NetworkPolicy{}
	if err := k8s.Get(ctx, key, policy); err != nil {
		return nil
	}
	return policy.Spec.Egress
}

func podRule(namespace, app string, port intstr.IntOrString) networkingv1.NetworkPolicyEgressRule {
	tcp := corev1.ProtocolTCP
	return networkingv1.NetworkPolicyEgressRule{
		Ports: []networkingv1.NetworkPolicyPort{{Protocol: &tcp, Port: &port}},
		To: []networkingv1.NetworkPolicyPeer{{
			NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: namespace}},
			PodSelector:       &metav1.LabelSelector{MatchLabels: map[string]string{"app": app}},
		}},
	}
}
