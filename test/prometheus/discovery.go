package prometheus

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Discovered are pods' ports with the labels that Prometheus' Kubernetes discovery gives
// them.
type Discovered struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels"`
}

// DiscoverPods answers as Prometheus' Kubernetes discovery of the role pod would, over
// HTTP: Debian builds Prometheus without it. The query has the namespaces; without any,
// all count.
func DiscoverPods(reader client.Reader) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		namespaces := r.URL.Query()["namespace"]
		if len(namespaces) == 0 {
			namespaces = []string{corev1.NamespaceAll}
		}
		// Prometheus hangs up when a busy machine takes long: the list is read to its end.
		ctx := context.WithoutCancel(r.Context())
		all := []Discovered{}
		for _, namespace := range namespaces {
			pods := &corev1.PodList{}
			if err := reader.List(ctx, pods, client.InNamespace(namespace)); err != nil {
				http.Error(w, err.Error(), http.StatusBadGateway)
				return
			}
			for i := range pods.Items {
				all = append(all, targetsOf(&pods.Items[i])...)
			}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(all)
	})
}

// targetsOf has a target for each port of a pod that has an address.
func targetsOf(pod *corev1.Pod) (all []Discovered) {
	if pod.Status.PodIP == "" {
		return nil
	}
	for _, container := range pod.Spec.Containers {
		for _, port := range container.Ports {
			labels := map[string]string{
				"__meta_kubernetes_namespace":               pod.Namespace,
				"__meta_kubernetes_pod_name":                pod.Name,
				"__meta_kubernetes_pod_phase":               string(pod.Status.Phase),
				"__meta_kubernetes_pod_container_name":      container.Name,
				"__meta_kubernetes_pod_container_port_name": port.Name,
			}
			for name, value := range pod.Labels {
				labels["__meta_kubernetes_pod_label_"+metaName(name)] = value
			}
			address := net.JoinHostPort(pod.Status.PodIP, strconv.Itoa(int(port.ContainerPort)))
			all = append(all, Discovered{[]string{address}, labels})
		}
	}
	return all
}

// Discovery is where a server asks for pods.
type Discovery struct {
	URL             string `json:"url"`
	RefreshInterval string `json:"refresh_interval"`
}

// discover asks a DiscoverPods for the pods of namespaces.
func discover(from, interval string, namespaces []string) Discovery {
	return Discovery{from + "?" + url.Values{"namespace": namespaces}.Encode(), interval}
}
