package archive

import (
	"maps"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// The increase of a counter shows its first step only if it was there at zero before.
func TestRunsAreCountedFromZero(t *testing.T) {
	registry := prometheus.NewRegistry()
	m := NewMetrics(registry)
	want := map[string]float64{"Succeeded": 0, "Failed": 0, "DryRun": 0}
	if got := runsByResult(t, registry); !maps.Equal(got, want) {
		t.Errorf("before a run %v, want %v", got, want)
	}
	m.finished(chat.ArchiveRun{Result: string(v1.RunFailed)})
	want["Failed"] = 1
	if got := runsByResult(t, registry); !maps.Equal(got, want) {
		t.Errorf("after a run %v, want %v", got, want)
	}
}

func runsByResult(t *testing.T, from prometheus.Gatherer) map[string]float64 {
	t.Helper()
	families, err := from.Gather()
	if err != nil {
		t.Fatal(err)
	}
	runs := map[string]float64{}
	for _, family := range families {
		if family.GetName() != "wasession_auto_archive_runs_total" {
			continue
		}
		for _, metric := range family.GetMetric() {
			runs[metric.GetLabel()[0].GetValue()] = metric.GetCounter().GetValue()
		}
	}
	return runs
}
