package realnode

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
)

func testPod(namespace, name, ip string) corev1.Pod {
	return corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, UID: types.UID(name), Labels: map[string]string{"app": name}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Ports: []corev1.ContainerPort{{Name: "web", ContainerPort: 8080}}}}},
		Status:     corev1.PodStatus{PodIP: ip},
	}
}

const wantRuleset = `table inet policies {}
delete table inet policies
table inet policies {
chain into-0 {
ip saddr 10.81.0.3 tcp dport 8080 return
reject with icmpx admin-prohibited
}
chain into {
ip daddr vmap { 10.81.0.2 : jump into-0, 10.81.0.5 : jump into-0 }
}
chain outof-0 {
udp dport 53 return
ip daddr 0.0.0.0/0 ip daddr != { 10.0.0.0/8 } return
ip daddr 10.81.0.2 tcp dport 8080 return
ip daddr 10.81.0.5 tcp dport 8080 return
reject with icmpx admin-prohibited
}
chain outof {
ip saddr vmap { 10.81.0.2 : jump outof-0, 10.81.0.5 : jump outof-0 }
}
chain forward {
type filter hook forward priority 0; policy accept;
ct state established,related accept
jump outof
jump into
}
chain input {
type filter hook input priority 0; policy accept;
ct state established,related accept
jump outof
}
}
`

// A policy is for the pods that it selects, lets in and out what it names, and nothing
// else; pods that no policy selects are free.
func TestRulesetOfPolicies(t *testing.T) {
	label := func(name string) *metav1.LabelSelector {
		return &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}}
	}
	policy := networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Namespace: "crm"},
		Spec: networkingv1.NetworkPolicySpec{
			PodSelector: *label("server"),
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
			Ingress: []networkingv1.NetworkPolicyIngressRule{{
				From:  []networkingv1.NetworkPolicyPeer{{NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"name": "n8n"}}}},
				Ports: []networkingv1.NetworkPolicyPort{{Port: ptr.To(intstr.FromInt32(8080))}},
			}},
			Egress: []networkingv1.NetworkPolicyEgressRule{
				{Ports: []networkingv1.NetworkPolicyPort{{Protocol: ptr.To(corev1.ProtocolUDP), Port: ptr.To(intstr.FromInt32(53))}}},
				{To: []networkingv1.NetworkPolicyPeer{
					{IPBlock: &networkingv1.IPBlock{CIDR: "0.0.0.0/0", Except: []string{"10.0.0.0/8"}}},
					{IPBlock: &networkingv1.IPBlock{CIDR: "::/0"}},
				}},
				{
					To:    []networkingv1.NetworkPolicyPeer{{PodSelector: label("server")}},
					Ports: []networkingv1.NetworkPolicyPort{{Port: ptr.To(intstr.FromString("web"))}, {Port: ptr.To(intstr.FromString("other"))}},
				},
			},
		},
	}
	got, err := traffic{
		policies: []networkingv1.NetworkPolicy{policy},
		pods: []corev1.Pod{
			testPod("crm", "server", "10.81.0.2"), testPod("n8n", "client", "10.81.0.3"),
			testPod("crm", "server", "10.81.0.5"), testPod("elsewhere", "server", "10.81.0.4"), testPod("n8n", "starting", ""),
		},
		namespaces: []corev1.Namespace{
			{ObjectMeta: metav1.ObjectMeta{Name: "crm"}}, {ObjectMeta: metav1.ObjectMeta{Name: "n8n", Labels: map[string]string{"name": "n8n"}}},
		},
	}.ruleset()
	if err != nil {
		t.Fatal(err)
	}
	if got != wantRuleset {
		t.Errorf("rules:\n%s\nwant:\n%s", got, wantRuleset)
	}
}
