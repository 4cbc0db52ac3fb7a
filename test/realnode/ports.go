package realnode

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
)

// writeAddresses writes the ports of addresses that may be those of any pod, or of none.
func (t traffic) writeAddresses(text *strings.Builder, d direction, pod *corev1.Pod, match string, ports []networkingv1.NetworkPolicyPort) {
	if d.kind == networkingv1.PolicyTypeIngress {
		writePorts(text, match, ports, pod)
		return
	}
	writePorts(text, match, ports, nil)
	named := slices.DeleteFunc(slices.Clone(ports), func(p networkingv1.NetworkPolicyPort) bool {
		return p.Port == nil || p.Port.Type == intstr.Int
	})
	if len(named) == 0 {
		return
	}
	for i := range t.pods {
		if other := &t.pods[i]; addressed(other) {
			writePorts(text, fmt.Sprintf("%sip %s %s ", match, d.peer, other.Status.PodIP), named, other)
		}
	}
}

// writePorts writes a line for each port, or one without. The names of ports are those of
// the target, if there is one.
func writePorts(text *strings.Builder, match string, ports []networkingv1.NetworkPolicyPort, target *corev1.Pod) {
	if len(ports) == 0 {
		fmt.Fprintf(text, "%sreturn\n", match)
	}
	for _, port := range ports {
		protocol := ptr.Deref(port.Protocol, corev1.ProtocolTCP)
		l4 := strings.ToLower(string(protocol))
		switch {
		case port.Port == nil:
			fmt.Fprintf(text, "%smeta l4proto %s return\n", match, l4)
		case port.EndPort != nil:
			fmt.Fprintf(text, "%s%s dport %d-%d return\n", match, l4, port.Port.IntVal, *port.EndPort)
		default:
			if number := numberOf(*port.Port, protocol, target); number != 0 {
				fmt.Fprintf(text, "%s%s dport %d return\n", match, l4, number)
			}
		}
	}
}

// numberOf is a port's number, which a container may give a name; 0 for none.
func numberOf(port intstr.IntOrString, protocol corev1.Protocol, pod *corev1.Pod) int32 {
	if port.Type == intstr.Int {
		return port.IntVal
	}
	if pod == nil {
		return 0
	}
	for _, container := range pod.Spec.Containers {
		for _, p := range container.Ports {
			if p.Name == port.StrVal && cmp.Or(p.Protocol, corev1.ProtocolTCP) == protocol {
				return p.ContainerPort
			}
		}
	}
	return 0
}
