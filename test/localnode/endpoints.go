package localnode

import (
	"net"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// endpoints returns the addresses behind the Service's port with that number:
// of the ready pods, or of all running ones if the Service publishes those too.
func endpoints(service *corev1.Service, number int32, pods []corev1.Pod) []string {
	at := slices.IndexFunc(service.Spec.Ports, func(port corev1.ServicePort) bool { return port.Port == number })
	if at < 0 {
		return nil
	}
	target := service.Spec.Ports[at].TargetPort
	if target == (intstr.IntOrString{}) {
		target = intstr.FromInt32(number)
	}
	var addresses []string
	for i := range pods {
		pod := &pods[i]
		if pod.Status.PodIP == "" || finished(pod) {
			continue
		}
		serving := isReady(pod) && pod.DeletionTimestamp == nil
		if !serving && !service.Spec.PublishNotReadyAddresses {
			continue
		}
		var ports []corev1.ContainerPort
		for _, container := range pod.Spec.Containers {
			ports = append(ports, container.Ports...)
		}
		if port, err := portNumber(target, ports); err == nil {
			addresses = append(addresses, net.JoinHostPort(pod.Status.PodIP, strconv.Itoa(port)))
		}
	}
	return addresses
}

func isReady(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(condition corev1.PodCondition) bool {
		return condition.Type == corev1.PodReady && condition.Status == corev1.ConditionTrue
	})
}
