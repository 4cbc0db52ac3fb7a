package prometheus

import (
	"bytes"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// Pace says how much faster than in production a run goes: how often pods are read, and
// for how long an alert waits. Discovery is the URL of a DiscoverPods.
type Pace struct {
	Interval, For string
	Discovery     string
}

// Files are a server's files by name: its configuration and its rules.
type Files map[string]string

// FilesOf makes a server's files of what `helm template` prints. All PodMonitors and
// PrometheusRules in it count, and more scrapes.
func FilesOf(rendered []byte, pace Pace, more ...Scrape) (Files, error) {
	var definitions []Scrape
	var groups []group
	for _, document := range bytes.Split(rendered, []byte("\n---")) {
		kind := metav1.TypeMeta{}
		if err := yaml.Unmarshal(document, &kind); err != nil {
			return nil, err
		}
		switch kind.Kind {
		case "PodMonitor":
			found, err := scrapes(document, pace)
			if err != nil {
				return nil, err
			}
			definitions = append(definitions, found...)
		case "PrometheusRule":
			found, err := rules(document, pace.For)
			if err != nil {
				return nil, err
			}
			groups = append(groups, found...)
		}
	}
	if len(definitions) == 0 || len(groups) == 0 {
		return nil, fmt.Errorf("the chart has %d scrape definitions and %d groups of rules, want some of both", len(definitions), len(groups))
	}
	config, err := yaml.Marshal(map[string]any{
		"global":         map[string]string{"scrape_interval": pace.Interval, "scrape_timeout": pace.Interval, "evaluation_interval": pace.Interval},
		"rule_files":     []string{rulesFile},
		"scrape_configs": append(definitions, more...),
	})
	if err != nil {
		return nil, err
	}
	alerts, err := yaml.Marshal(map[string]any{"groups": groups})
	return Files{ConfigFile: string(config), rulesFile: string(alerts)}, err
}

const (
	// ConfigFile is what a server starts with.
	ConfigFile = "prometheus.yaml"
	rulesFile  = "rules.yaml"
)
