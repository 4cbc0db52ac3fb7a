package localnode

import (
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// fieldOf returns a field of the pod like the downward API.
func fieldOf(pod *corev1.Pod, path string) (string, error) {
	for prefix, values := range map[string]map[string]string{"metadata.labels['": pod.Labels, "metadata.annotations['": pod.Annotations} {
		if key, found := strings.CutPrefix(path, prefix); found && strings.HasSuffix(key, "']") {
			return values[strings.TrimSuffix(key, "']")], nil
		}
	}
	switch path {
	case "metadata.name":
		return pod.Name, nil
	case "metadata.namespace":
		return pod.Namespace, nil
	case "metadata.uid":
		return string(pod.UID), nil
	case "spec.nodeName":
		return pod.Spec.NodeName, nil
	case "spec.serviceAccountName":
		return pod.Spec.ServiceAccountName, nil
	case "status.hostIP", "status.hostIPs":
		return hostIP, nil
	case "status.podIP", "status.podIPs":
		return pod.Status.PodIP, nil
	}
	return "", fmt.Errorf("unsupported fieldPath %s", path)
}

// resourceOf returns a limit or request of the container like the downward API,
// rounded up to a multiple of the divisor.
func resourceOf(container *corev1.Container, ref *corev1.ResourceFieldSelector) (string, error) {
	kind, name, found := strings.Cut(ref.Resource, ".")
	list := container.Resources.Limits
	switch {
	case found && kind == "limits":
	case found && kind == "requests":
		list = container.Resources.Requests
	default:
		return "", fmt.Errorf("unsupported resource %s", ref.Resource)
	}
	amount, set := list[corev1.ResourceName(name)]
	if !set {
		amount, set = room()[corev1.ResourceName(name)]
	}
	if !set {
		return "", fmt.Errorf("unsupported resource %s", ref.Resource)
	}
	divisor := ref.Divisor
	if divisor.IsZero() {
		divisor = resource.MustParse("1")
	}
	if name == "cpu" {
		return ceilDivide(amount.MilliValue(), divisor.MilliValue()), nil
	}
	return ceilDivide(amount.Value(), divisor.Value()), nil
}

func ceilDivide(amount, divisor int64) string {
	return strconv.FormatInt((amount+divisor-1)/divisor, 10)
}
