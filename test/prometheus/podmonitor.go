package prometheus

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// podMonitor is as much of the Prometheus operator's PodMonitor as the chart uses.
// What is not here is an error, so that nothing of it is passed over.
type podMonitor struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		NamespaceSelector struct {
			Any        bool     `json:"any,omitempty"`
			MatchNames []string `json:"matchNames,omitempty"`
		} `json:"namespaceSelector"`
		Selector struct {
			MatchLabels map[string]string `json:"matchLabels"`
		} `json:"selector"`
		PodMetricsEndpoints []struct {
			Port        string       `json:"port"`
			Path        string       `json:"path,omitempty"`
			Interval    string       `json:"interval,omitempty"`
			Relabelings []relabeling `json:"relabelings,omitempty"`
		} `json:"podMetricsEndpoints"`
	} `json:"spec"`
}

type relabeling struct {
	SourceLabels []string `json:"sourceLabels,omitempty"`
	TargetLabel  string   `json:"targetLabel,omitempty"`
	Regex        string   `json:"regex,omitempty"`
	Replacement  string   `json:"replacement,omitempty"`
	Action       string   `json:"action,omitempty"`
}

// Scrape says which pods are read, and how: a part of a server's configuration.
type Scrape struct {
	JobName        string         `json:"job_name"`
	Interval       string         `json:"scrape_interval,omitempty"`
	Path           string         `json:"metrics_path,omitempty"`
	Authorization  *Authorization `json:"authorization,omitempty"`
	Discovery      []Discovery    `json:"http_sd_configs"`
	RelabelConfigs []Relabel      `json:"relabel_configs"`
}

// Authorization names the file with a bearer token.
type Authorization struct {
	CredentialsFile string `json:"credentials_file"`
}

// Relabel keeps or drops a pod by its labels, or makes a label of others.
type Relabel struct {
	SourceLabels []string `json:"source_labels,omitempty"`
	TargetLabel  string   `json:"target_label,omitempty"`
	Regex        string   `json:"regex,omitempty"`
	Replacement  string   `json:"replacement,omitempty"`
	Action       string   `json:"action,omitempty"`
}

// scrapes are what the Prometheus operator makes of a PodMonitor: Kubernetes finds
// the pods, and labels say which are meant.
func scrapes(document []byte, pace Pace) ([]Scrape, error) {
	monitor := podMonitor{}
	if err := yaml.UnmarshalStrict(document, &monitor); err != nil {
		return nil, fmt.Errorf("PodMonitor: %w", err)
	}
	var configs []Scrape
	for i, endpoint := range monitor.Spec.PodMetricsEndpoints {
		config := Scrape{
			JobName:  fmt.Sprintf("podMonitor/%s/%s/%d", monitor.Namespace, monitor.Name, i),
			Interval: pace.Interval,
			Path:     endpoint.Path,
		}
		namespaces := monitor.Spec.NamespaceSelector.MatchNames
		if !monitor.Spec.NamespaceSelector.Any && len(namespaces) == 0 {
			namespaces = []string{monitor.Namespace}
		}
		config.Discovery = []Discovery{discover(pace.Discovery, pace.Interval, namespaces)}
		config.RelabelConfigs = append(config.RelabelConfigs, Relabel{SourceLabels: []string{"__meta_kubernetes_pod_phase"}, Regex: "(Failed|Succeeded)", Action: "drop"})
		for _, label := range slices.Sorted(maps.Keys(monitor.Spec.Selector.MatchLabels)) {
			config.RelabelConfigs = append(config.RelabelConfigs, Relabel{
				SourceLabels: []string{"__meta_kubernetes_pod_label_" + metaName(label)},
				Regex:        regexp.QuoteMeta(monitor.Spec.Selector.MatchLabels[label]), Action: "keep",
			})
		}
		config.RelabelConfigs = append(config.RelabelConfigs,
			Relabel{SourceLabels: []string{"__meta_kubernetes_pod_container_port_name"}, Regex: regexp.QuoteMeta(endpoint.Port), Action: "keep"},
			Relabel{SourceLabels: []string{"__meta_kubernetes_namespace"}, TargetLabel: "namespace"},
			Relabel{SourceLabels: []string{"__meta_kubernetes_pod_container_name"}, TargetLabel: "container"},
			Relabel{SourceLabels: []string{"__meta_kubernetes_pod_name"}, TargetLabel: "pod"},
			Relabel{TargetLabel: "job", Replacement: monitor.Namespace + "/" + monitor.Name},
			Relabel{TargetLabel: "endpoint", Replacement: endpoint.Port},
		)
		for _, r := range endpoint.Relabelings {
			config.RelabelConfigs = append(config.RelabelConfigs, Relabel(r))
		}
		configs = append(configs, config)
	}
	return configs, nil
}

// metaName is a label's name as Prometheus writes it in its own.
func metaName(label string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("./-", r) {
			return '_'
		}
		return r
	}, label)
}
