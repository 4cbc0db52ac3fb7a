package desired

import (
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	metaac "k8s.io/client-go/applyconfigurations/meta/v1"
	networkingac "k8s.io/client-go/applyconfigurations/networking/v1"

	"github.com/wasession/wasession/api/addresses"
	"github.com/wasession/wasession/api/v1alpha1"
)

type (
	egressRule = networkingac.NetworkPolicyEgressRuleApplyConfiguration
	policyPeer = networkingac.NetworkPolicyPeerApplyConfiguration
	policyPort = networkingac.NetworkPolicyPortApplyConfiguration
)

// Services holds the Services of ServiceNames that exist. A nil value is a
// Service in a namespace that the operator does not watch: whether it exists is
// unknown.
type Services map[types.NamespacedName]*corev1.Service

// egressRules allows DNS, public addresses, and the targets inside the cluster
// that the spec names, as far as a NetworkPolicy can express that. The runtime
// itself checks host names that are not Services, and who named a target.
func egressRules(s *v1alpha1.WhatsAppSession, settings Settings, services Services) []*egressRule {
	rules := []*egressRule{dns(), public()}
	allow := allowed(s, settings)
	if len(allow.Prefixes) > 0 {
		rule := networkingac.NetworkPolicyEgressRule()
		for _, prefix := range allow.Prefixes {
			rule.WithTo(networkingac.NetworkPolicyPeer().WithIPBlock(networkingac.IPBlock().WithCIDR(prefix.String())))
		}
		rules = append(rules, rule)
	}
	seen := map[target]bool{}
	for _, target := range targets(s, settings) {
		if seen[target] {
			continue
		}
		seen[target] = true
		if rule := reach(target, s.Namespace, allow, services); rule != nil {
			rules = append(rules, rule)
		}
	}
	return rules
}

// dns allows port 53 of any address: the cluster's DNS servers are not known.
func dns() *egressRule {
	return networkingac.NetworkPolicyEgressRule().WithPorts(
		port(corev1.ProtocolUDP, intstr.FromInt32(53)), port(corev1.ProtocolTCP, intstr.FromInt32(53)))
}

// public allows all addresses except those in the shared table.
func public() *egressRule {
	return networkingac.NetworkPolicyEgressRule().WithTo(
		networkingac.NetworkPolicyPeer().WithIPBlock(networkingac.IPBlock().
			WithCIDR("0.0.0.0/0").WithExcept(exceptions(netip.MustParsePrefix("0.0.0.0/0"))...)),
		networkingac.NetworkPolicyPeer().WithIPBlock(networkingac.IPBlock().
			WithCIDR(addresses.Unicast.String()).WithExcept(exceptions(addresses.Unicast)...)),
		networkingac.NetworkPolicyPeer().WithIPBlock(networkingac.IPBlock().
			WithCIDR(addresses.NAT64.String()).WithExcept(translated()...)))
}

// exceptions returns the blocks within a range that are not public, without
// those contained in another one.
func exceptions(within netip.Prefix) []string {
	var all []netip.Prefix
	for _, list := range [][]addresses.Block{addresses.Registry, addresses.Beside} {
		for _, block := range list {
			if within.Contains(block.Prefix.Addr()) && block.Prefix.Bits() > within.Bits() {
				all = append(all, block.Prefix)
			}
		}
	}
	// Larger blocks first, then by address.
	slices.SortFunc(all, func(a, b netip.Prefix) int {
		if a.Bits() != b.Bits() {
			return a.Bits() - b.Bits()
		}
		return a.Addr().Compare(b.Addr())
	})
	var kept []netip.Prefix
	for _, prefix := range all {
		if !slices.ContainsFunc(kept, func(larger netip.Prefix) bool { return larger.Contains(prefix.Addr()) }) {
			kept = append(kept, prefix)
		}
	}
	slices.SortFunc(kept, func(a, b netip.Prefix) int { return a.Addr().Compare(b.Addr()) })
	text := make([]string, len(kept))
	for i, prefix := range kept {
		text[i] = prefix.String()
	}
	return text
}

// translated returns the IPv4 exceptions as NAT64 addresses.
func translated() []string {
	var all []string
	for _, text := range exceptions(netip.MustParsePrefix("0.0.0.0/0")) {
		inner := netip.MustParsePrefix(text)
		b, v4 := addresses.NAT64.Addr().As16(), inner.Addr().As4()
		copy(b[12:], v4[:])
		all = append(all, netip.PrefixFrom(netip.AddrFrom16(b), 96+inner.Bits()).String())
	}
	return all
}

// reach returns the rule for one target inside the cluster, or nil if other
// rules already allow it or no rule can.
func reach(t target, namespace string, allow addresses.Allow, services Services) *egressRule {
	if address, err := netip.ParseAddr(t.host); err == nil {
		address = address.WithZone("").Unmap()
		if addresses.Judge(address) != addresses.Internal || allow.Address(address) {
			return nil
		}
		return networkingac.NetworkPolicyEgressRule().
			WithTo(networkingac.NetworkPolicyPeer().WithIPBlock(networkingac.IPBlock().
				WithCIDR(netip.PrefixFrom(address, address.BitLen()).String()))).
			WithPorts(port(corev1.ProtocolTCP, intstr.FromInt32(t.port)))
	}
	name, ok := serviceName(t.host, namespace)
	if !ok {
		return nil
	}
	service, there := services[name]
	switch {
	case !there, service == nil && !strings.Contains(t.host+".", ".svc."):
		return nil // "example.com" is unlikely to be a Service in a namespace "com"
	case service == nil:
		return networkingac.NetworkPolicyEgressRule().WithTo(podsOf(name.Namespace, nil))
	}
	ports := podPorts(service, t.port)
	if len(service.Spec.Selector) == 0 || len(ports) == 0 {
		return nil
	}
	return networkingac.NetworkPolicyEgressRule().WithTo(podsOf(name.Namespace, service.Spec.Selector)).WithPorts(ports...)
}

// podsOf selects pods of a namespace by labels; without labels, all of them.
func podsOf(namespace string, labels map[string]string) *policyPeer {
	return networkingac.NetworkPolicyPeer().
		WithNamespaceSelector(metaac.LabelSelector().WithMatchLabels(map[string]string{corev1.LabelMetadataName: namespace})).
		WithPodSelector(metaac.LabelSelector().WithMatchLabels(labels))
}

// podPorts returns the pod ports behind a Service's port; 0 means all ports of
// the Service. A headless Service only resolves to its pods, so the port is
// already a pod's.
func podPorts(service *corev1.Service, number int32) []*policyPort {
	if service.Spec.ClusterIP == corev1.ClusterIPNone && number != 0 {
		return []*policyPort{port(corev1.ProtocolTCP, intstr.FromInt32(number))}
	}
	var ports []*policyPort
	for _, p := range service.Spec.Ports {
		if p.Protocol != corev1.ProtocolTCP && p.Protocol != "" || number != 0 && p.Port != number {
			continue
		}
		on := p.TargetPort
		if on == (intstr.IntOrString{}) || service.Spec.ClusterIP == corev1.ClusterIPNone {
			on = intstr.FromInt32(p.Port)
		}
		ports = append(ports, port(corev1.ProtocolTCP, on))
	}
	return ports
}

func port(protocol corev1.Protocol, on intstr.IntOrString) *policyPort {
	return networkingac.NetworkPolicyPort().WithProtocol(protocol).WithPort(on)
}
