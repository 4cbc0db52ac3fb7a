package realnode

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// traffic is what NetworkPolicies are about.
type traffic struct {
	policies   []networkingv1.NetworkPolicy
	pods       []corev1.Pod
	namespaces []corev1.Namespace
}

// direction is one of the two ways that a policy speaks of. peer is where the other side
// stands in a packet.
type direction struct {
	kind      networkingv1.PolicyType
	name      string
	pod, peer string
}

var (
	ingress = direction{networkingv1.PolicyTypeIngress, "into", "daddr", "saddr"}
	egress  = direction{networkingv1.PolicyTypeEgress, "outof", "saddr", "daddr"}
)

// ruleset is what nft loads to enforce the policies, instead of what it had. What a node
// sends to its own pods passes by it, as probes must. Connections that exist go on.
func (t traffic) ruleset() (string, error) {
	var text strings.Builder
	text.WriteString("table inet policies {}\ndelete table inet policies\ntable inet policies {\n")
	for _, d := range []direction{ingress, egress} {
		var isolated []string
		chains := map[string]string{} // by their rules, which many pods share
		for i := range t.pods {
			pod := &t.pods[i]
			rules, found, err := t.rulesOf(pod, d)
			if err != nil {
				return "", err
			}
			if !found {
				continue
			}
			chain, known := chains[rules]
			if !known {
				chain = fmt.Sprintf("%s-%d", d.name, len(chains))
				chains[rules] = chain
				fmt.Fprintf(&text, "chain %s {\n%sreject with icmpx admin-prohibited\n}\n", chain, rules)
			}
			isolated = append(isolated, fmt.Sprintf("%s : jump %s", pod.Status.PodIP, chain))
		}
		fmt.Fprintf(&text, "chain %s {\n", d.name)
		if len(isolated) > 0 {
			fmt.Fprintf(&text, "ip %s vmap { %s }\n", d.pod, strings.Join(isolated, ", "))
		}
		text.WriteString("}\n")
	}
	text.WriteString(`chain forward {
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
`)
	return text.String(), nil
}

// rulesOf are the rules that let a pod's traffic through, and whether any policy speaks
// of it.
func (t traffic) rulesOf(pod *corev1.Pod, d direction) (rules string, found bool, err error) {
	if !addressed(pod) {
		return "", false, nil
	}
	var text strings.Builder
	for i := range t.policies {
		policy := &t.policies[i]
		if policy.Namespace != pod.Namespace || !slices.Contains(policy.Spec.PolicyTypes, d.kind) {
			continue
		}
		selected, err := selects(&policy.Spec.PodSelector, pod.Labels)
		if err != nil {
			return "", false, err
		}
		if !selected {
			continue
		}
		found = true
		for _, rule := range rulesIn(policy, d) {
			if err := t.allow(&text, d, pod, policy.Namespace, rule); err != nil {
				return "", false, err
			}
		}
	}
	return text.String(), found, nil
}

// rule is a rule of either direction.
type rule struct {
	peers []networkingv1.NetworkPolicyPeer
	ports []networkingv1.NetworkPolicyPort
}

func rulesIn(policy *networkingv1.NetworkPolicy, d direction) (all []rule) {
	if d.kind == networkingv1.PolicyTypeIngress {
		for _, r := range policy.Spec.Ingress {
			all = append(all, rule{r.From, r.Ports})
		}
		return all
	}
	for _, r := range policy.Spec.Egress {
		all = append(all, rule{r.To, r.Ports})
	}
	return all
}

// allow writes a rule: packets from or to one of the peers, at one of the ports.
func (t traffic) allow(text *strings.Builder, d direction, pod *corev1.Pod, namespace string, r rule) error {
	if len(r.peers) == 0 {
		t.writeAddresses(text, d, pod, "", r.ports)
		return nil
	}
	for _, peer := range r.peers {
		if block := peer.IPBlock; block != nil {
			if strings.Contains(block.CIDR, ":") {
				continue // pods have addresses of IPv4 alone
			}
			match := fmt.Sprintf("ip %s %s ", d.peer, block.CIDR)
			if len(block.Except) > 0 {
				match += fmt.Sprintf("ip %s != { %s } ", d.peer, strings.Join(block.Except, ", "))
			}
			t.writeAddresses(text, d, pod, match, r.ports)
			continue
		}
		others, err := t.podsOf(peer, namespace)
		if err != nil {
			return err
		}
		for _, other := range others {
			target := other // whose ports have names
			if d.kind == networkingv1.PolicyTypeIngress {
				target = pod
			}
			writePorts(text, fmt.Sprintf("ip %s %s ", d.peer, other.Status.PodIP), r.ports, target)
		}
	}
	return nil
}

// addressed reports whether a pod has an address of its own.
func addressed(pod *corev1.Pod) bool { return pod.Status.PodIP != "" && !pod.Spec.HostNetwork }

// podsOf are the pods that a peer selects.
func (t traffic) podsOf(peer networkingv1.NetworkPolicyPeer, namespace string) ([]*corev1.Pod, error) {
	in := map[string]bool{namespace: peer.NamespaceSelector == nil}
	for _, n := range t.namespaces {
		if peer.NamespaceSelector == nil {
			break
		}
		selected, err := selects(peer.NamespaceSelector, n.Labels)
		if err != nil {
			return nil, err
		}
		in[n.Name] = selected
	}
	var all []*corev1.Pod
	for i := range t.pods {
		pod := &t.pods[i]
		selected, err := selects(cmp.Or(peer.PodSelector, &metav1.LabelSelector{}), pod.Labels)
		if err != nil {
			return nil, err
		}
		if selected && in[pod.Namespace] && addressed(pod) {
			all = append(all, pod)
		}
	}
	return all, nil
}

func selects(selector *metav1.LabelSelector, of map[string]string) (bool, error) {
	s, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && s.Matches(labels.Set(of)), err
}
