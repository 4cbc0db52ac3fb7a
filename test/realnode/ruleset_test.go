package realnode

import (
	"strings"
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

// What a single rule lets through at the pod 10.81.0.2 of the namespace crm.
func TestRules(t *testing.T) {
	all := traffic{
		pods: []corev1.Pod{testPod("crm", "server", "10.81.0.2"), testPod("crm", "other", "10.81.0.3"), testPod("n8n", "client", "10.81.0.4"), testPod("n8n", "other", "10.81.0.5")},
		namespaces: []corev1.Namespace{
			{ObjectMeta: metav1.ObjectMeta{Name: "crm"}}, {ObjectMeta: metav1.ObjectMeta{Name: "n8n", Labels: map[string]string{"name": "n8n"}}},
		},
	}
	app := func(name string) *metav1.LabelSelector {
		return &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}}
	}
	everything, n8n := &metav1.LabelSelector{}, &metav1.LabelSelector{MatchLabels: map[string]string{"name": "n8n"}}
	web, dns := ptr.To(intstr.FromString("web")), ptr.To(intstr.FromInt32(53))
	type peers = []networkingv1.NetworkPolicyPeer
	type ports = []networkingv1.NetworkPolicyPort
	for name, c := range map[string]struct {
		direction direction
		rule      rule
		want      string
	}{
		"everything":                    {ingress, rule{}, "return\n"},
		"pods of its own namespace":     {ingress, rule{peers: peers{{PodSelector: everything}}}, "ip saddr 10.81.0.2 return\nip saddr 10.81.0.3 return\n"},
		"all pods of a namespace":       {ingress, rule{peers: peers{{NamespaceSelector: n8n}}}, "ip saddr 10.81.0.4 return\nip saddr 10.81.0.5 return\n"},
		"some pods of a namespace":      {egress, rule{peers: peers{{NamespaceSelector: n8n, PodSelector: app("other")}}}, "ip daddr 10.81.0.5 return\n"},
		"some pods of all namespaces":   {egress, rule{peers: peers{{NamespaceSelector: everything, PodSelector: app("other")}}}, "ip daddr 10.81.0.3 return\nip daddr 10.81.0.5 return\n"},
		"pods that there are not":       {egress, rule{peers: peers{{PodSelector: app("client")}}}, ""},
		"a protocol":                    {egress, rule{ports: ports{{Protocol: ptr.To(corev1.ProtocolUDP)}}}, "meta l4proto udp return\n"},
		"a range of ports":              {egress, rule{ports: ports{{Port: dns, EndPort: ptr.To[int32](60)}}}, "tcp dport 53-60 return\n"},
		"its own port by name":          {ingress, rule{ports: ports{{Port: web}}}, "tcp dport 8080 return\n"},
		"a name of another protocol":    {ingress, rule{ports: ports{{Port: web, Protocol: ptr.To(corev1.ProtocolUDP)}}}, ""},
		"the name in a block":           {egress, rule{peers{{IPBlock: &networkingv1.IPBlock{CIDR: "10.81.0.4/31"}}}, ports{{Port: dns}, {Port: web}}}, blockOfNames},
		"a block that others come from": {ingress, rule{peers{{IPBlock: &networkingv1.IPBlock{CIDR: "10.0.0.0/8"}}}, ports{{Port: web}}}, "ip saddr 10.0.0.0/8 tcp dport 8080 return\n"},
	} {
		var got strings.Builder
		if err := all.allow(&got, c.direction, &all.pods[0], "crm", c.rule); err != nil || got.String() != c.want {
			t.Errorf("%s:\n%s\nwant:\n%s\n%v", name, got.String(), c.want, err)
		}
	}
}

// A name is looked up in the pod that is called, wherever that is.
const blockOfNames = `ip daddr 10.81.0.4/31 tcp dport 53 return
ip daddr 10.81.0.4/31 ip daddr 10.81.0.2 tcp dport 8080 return
ip daddr 10.81.0.4/31 ip daddr 10.81.0.3 tcp dport 8080 return
ip daddr 10.81.0.4/31 ip daddr 10.81.0.4 tcp dport 8080 return
ip daddr 10.81.0.4/31 ip daddr 10.81.0.5 tcp dport 8080 return
`
