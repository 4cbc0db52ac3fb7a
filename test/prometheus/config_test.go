package prometheus

import (
	"strings"
	"testing"
)

const rendered = `---
# Source: wasession/templates/metrics.yaml
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata:
  name: wasession-sessions
  namespace: ops
spec:
  namespaceSelector: {any: true}
  selector:
    matchLabels: {app.kubernetes.io/component: session}
  podMetricsEndpoints:
    - port: metrics
      interval: 60s
      relabelings:
        - sourceLabels: [__meta_kubernetes_pod_label_wasession_dev_session]
          targetLabel: session
---
apiVersion: v1
kind: Service
metadata: {name: other}
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: alerts}
spec:
  groups:
    - name: sessions
      rules:
        - {alert: Slow, expr: up == 0, for: 10m, labels: {severity: warning}}
        - {alert: AtOnce, expr: up == 0}
`

const wantConfig = `global:
  evaluation_interval: 2s
  scrape_interval: 2s
  scrape_timeout: 2s
rule_files:
- rules.yaml
scrape_configs:
- http_sd_configs:
  - refresh_interval: 2s
    url: http://discovery?
  job_name: podMonitor/ops/wasession-sessions/0
  relabel_configs:
  - action: drop
    regex: (Failed|Succeeded)
    source_labels:
    - __meta_kubernetes_pod_phase
  - action: keep
    regex: session
    source_labels:
    - __meta_kubernetes_pod_label_app_kubernetes_io_component
  - action: keep
    regex: metrics
    source_labels:
    - __meta_kubernetes_pod_container_port_name
  - source_labels:
    - __meta_kubernetes_namespace
    target_label: namespace
  - source_labels:
    - __meta_kubernetes_pod_container_name
    target_label: container
  - source_labels:
    - __meta_kubernetes_pod_name
    target_label: pod
  - replacement: ops/wasession-sessions
    target_label: job
  - replacement: metrics
    target_label: endpoint
  - source_labels:
    - __meta_kubernetes_pod_label_wasession_dev_session
    target_label: session
  scrape_interval: 2s
`

const wantRules = `groups:
- name: sessions
  rules:
  - alert: Slow
    expr: up == 0
    for: 5s
    labels:
      severity: warning
  - alert: AtOnce
    expr: up == 0
`

func TestFilesOfAChart(t *testing.T) {
	files, err := FilesOf([]byte(rendered), Pace{Interval: "2s", For: "5s", Discovery: "http://discovery"})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{ConfigFile: wantConfig, rulesFile: wantRules} {
		if files[name] != want {
			t.Errorf("%s:\n%s\nwant:\n%s", name, files[name], want)
		}
	}
}

func TestFilesOfWhatIsNotUnderstood(t *testing.T) {
	for name, change := range map[string][2]string{
		"a field that is not translated": {"interval: 60s", "honorLabels: true"},
		"a field of an alert":            {"for: 10m", "keep_firing_for: 10m"},
		"no scrape definitions":          {"kind: PodMonitor", "kind: Other"},
		"no rules":                       {"kind: PrometheusRule", "kind: Other"},
	} {
		if _, err := FilesOf([]byte(strings.Replace(rendered, change[0], change[1], 1)), Pace{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
