package archive

import (
	"github.com/prometheus/client_golang/prometheus"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// Metrics are the metrics of the archive policies.
type Metrics struct {
	runs           *prometheus.CounterVec
	archived, left prometheus.Counter
	candidates     prometheus.Gauge
}

// NewMetrics registers the metrics; a nil registerer leaves them unregistered.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{
		runs:       prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wasession_auto_archive_runs_total", Help: "Finished auto-archive runs by result."}, []string{"result"}),
		archived:   prometheus.NewCounter(prometheus.CounterOpts{Name: "wasession_auto_archive_chats_total", Help: "Chats archived by policies."}),
		left:       prometheus.NewCounter(prometheus.CounterOpts{Name: "wasession_auto_archive_groups_left_total", Help: "Groups left because they are not in the allowed list."}),
		candidates: prometheus.NewGauge(prometheus.GaugeOpts{Name: "wasession_auto_archive_candidates", Help: "Chats and groups that matched in the last run."}),
	}
	// Prometheus takes no increase from a counter that begins at 1: the first run would not show.
	for _, result := range []v1.RunResult{v1.RunSucceeded, v1.RunFailed, v1.RunDryRun} {
		m.runs.WithLabelValues(string(result))
	}
	if r != nil {
		r.MustRegister(m.runs, m.archived, m.left, m.candidates)
	}
	return m
}

func (m *Metrics) finished(run chat.ArchiveRun) {
	m.runs.WithLabelValues(run.Result).Inc()
	m.archived.Add(float64(run.Archived))
	m.left.Add(float64(run.Left))
	m.candidates.Set(float64(run.Candidates))
}
