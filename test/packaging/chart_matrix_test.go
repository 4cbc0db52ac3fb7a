package packaging

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// matrix are values of four kinds, each in three ways. The test combines each way of one
// kind with each way of every other.
var matrix = [4][3]string{
	{ // names and labels
		``,
		`{nameOverride: chat, commonLabels: {team: crm, cost-center: "17"}}`,
		`{fullnameOverride: messaging, commonLabels: {team: crm}, podLabels: {tier: a}, extraObjects: [
			{apiVersion: v1, kind: ConfigMap, metadata: {name: "{{ .Release.Name }}-notes", namespace: "{{ .Release.Namespace }}"}, data: {chart: "{{ .Chart.Name }}"}}]}`,
	},
	{ // parts
		``,
		`{gateway: {enabled: true, autoscaling: {enabled: true}, ingress: {enabled: true, host: wa.example.com}}}`,
		`{gateway: {enabled: true, podLabels: {tier: b}}, shards: [a, b], sessions: [{name: sales, namespace: crm, spec: {}}]}`,
	},
	{ // rights
		``,
		`{watchNamespaces: [crm, support]}`,
		`{rbac: {create: false}, serviceAccount: {create: false, name: mine}, uninstall: {hook: false}}`,
	},
	{ // networks and metrics
		``,
		`{metrics: {secure: {enabled: true}, serviceMonitor: {enabled: true}, prometheusRule: {enabled: true}, dashboard: {enabled: true},
			readers: [{name: prometheus-k8s, namespace: monitoring}]},
			networkPolicy: {enabled: true, metricsNamespaces: [monitoring]}}`,
		`{metrics: {podMonitor: {enabled: true}, sessions: {namespaces: [monitoring], podMonitor: {enabled: true}}},
			networkPolicy: {enabled: true, apiServer: {ports: [8443], cidrs: [10.0.0.1/32, "fd00::1/128"]}, extraEgress: [{to: [{ipBlock: {cidr: 10.9.0.0/16}}]}]},
			podSecurityContext: {runAsUser: null, runAsGroup: null}, maxConcurrentReconciles: 50, kubeAPIQPS: 100}`,
	},
}

// Whatever values are combined, the API server takes all objects, and they fit together.
func TestChartMatrix(t *testing.T) {
	for a := range 3 {
		for b := range 3 {
			row := [4]int{a, b, (a + b) % 3, (a + 2*b) % 3} // every pair of two kinds is in one row
			t.Run(fmt.Sprint(row), func(t *testing.T) {
				args := []string{"helm", "charts/wasession"}
				for kind, way := range row {
					file := filepath.Join(t.TempDir(), fmt.Sprintf("%d.yaml", kind))
					if err := os.WriteFile(file, []byte(strings.ReplaceAll(matrix[kind][way], "\t", " ")), 0o600); err != nil {
						t.Fatal(err)
					}
					args = append(args, "-values", file)
				}
				wantCoherent(t, render(t, args...), row[0])
			})
		}
	}
}

func wantCoherent(t *testing.T, all objects, naming int) {
	t.Helper()
	wantApplicable(t, all)
	prefix := []string{"wasession", "wasession-chat", "messaging"}[naming]
	seen := map[string]bool{}
	for _, o := range all {
		id := o.GetKind() + " " + o.GetNamespace() + "/" + o.GetName()
		if seen[id] {
			t.Errorf("%s is there twice", id)
		}
		seen[id] = true
		if o.GetKind() == "WhatsAppSession" || o.GetName() == "wasession-notes" {
			continue
		}
		if !strings.HasPrefix(o.GetName(), prefix) {
			t.Errorf("%s is not named after %s", id, prefix)
		}
		if team := o.GetLabels()["team"]; (team == "crm") != (naming > 0) {
			t.Errorf("%s has the label team=%s", id, team)
		}
	}
	wantSelectors(t, all)
}
