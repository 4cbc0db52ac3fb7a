package packaging

import (
	"encoding/json"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	_ "sigs.k8s.io/controller-runtime/pkg/controller" // its metrics, and those of the process
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/wasession/wasession/test/metricdocs"
)

// targetLabels are added by Prometheus, from what the monitors find.
var targetLabels = []string{"namespace", "pod", "session", "job", "instance", "container", "endpoint"}

// selector is a metric of a query, with the labels that it must have.
type selector struct {
	Metric string
	Labels []string
}

// selectorsOf asks Prometheus' own parser what queries select. A query that does not
// parse fails the test.
func selectorsOf(t *testing.T, queries []string) [][]selector {
	t.Helper()
	asked, _ := json.Marshal(queries)
	command := exec.Command(tool(t, "promql"))
	command.Stdin = strings.NewReader(string(asked))
	out, err := output(command)
	if err != nil {
		t.Fatal(err)
	}
	var parsed []struct {
		Error     string
		Selectors []selector
	}
	if err := json.Unmarshal(out, &parsed); err != nil {
		t.Fatal(err)
	}
	all := make([][]selector, 0, len(parsed))
	for i, query := range parsed {
		if query.Error != "" {
			t.Errorf("%s\n%s", queries[i], query.Error)
		}
		all = append(all, query.Selectors)
	}
	return all
}

// wantExported fails where a query names a metric or a label that nothing exports.
func wantExported(t *testing.T, queries []string) {
	t.Helper()
	exported := exportedMetrics(t)
	seen := 0
	for i, selectors := range selectorsOf(t, queries) {
		for _, s := range selectors {
			seen++
			labels, found := exported[s.Metric]
			if !found {
				t.Errorf("%s\nis about %s, which nothing exports", queries[i], s.Metric)
				continue
			}
			for _, label := range s.Labels {
				if !slices.Contains(labels, label) && !slices.Contains(targetLabels, label) {
					t.Errorf("%s\nneeds the label %s of %s, which has %v", queries[i], label, s.Metric, labels)
				}
			}
		}
	}
	if seen < len(queries) {
		t.Errorf("%d queries select only %d metrics", len(queries), seen)
	}
}

// exportedMetrics are the labels of all metrics, by their name: those of the reference,
// which the packages' own tests compare with what they export, and those of
// controller-runtime and the process. A histogram is three.
func exportedMetrics(t *testing.T) map[string][]string {
	t.Helper()
	exported, err := metricdocs.Labels()
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(exported, metricdocs.Described(metrics.Registry.(prometheus.Collector)))
	for name, labels := range exported {
		if strings.HasSuffix(name, "_seconds") {
			exported[name+"_bucket"] = append(slices.Clone(labels), "le")
			exported[name+"_sum"], exported[name+"_count"] = labels, labels
		}
	}
	return exported
}
