package controllers

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/wasession/wasession/api/v1alpha1"
)

var (
	sessionsDesc = prometheus.NewDesc("wasession_sessions",
		"Sessions by phase and readiness.", []string{"phase", "ready"}, nil)
	streamsDesc = prometheus.NewDesc("wasession_status_streams",
		"Status streams to session pods by state: open, or closed and being reopened.", []string{"state"}, nil)
	rolloutsDesc = prometheus.NewDesc("wasession_rollouts",
		"Replacements of paired session pods by state: active or queued.", []string{"state"}, nil)
	outdatedDesc = prometheus.NewDesc("wasession_sessions_not_updated",
		"Sessions whose condition Updated is False, by its reason.", []string{"reason"}, nil)
)

// collector counts from the caches at scrape time, so that the numbers cannot
// drift.
type collector struct {
	reader     client.Reader
	reconciler *Reconciler
}

func registerMetrics(reader client.Reader, r *Reconciler) error {
	err := metrics.Registry.Register(collector{reader, r})
	var already prometheus.AlreadyRegisteredError
	if errors.As(err, &already) {
		// A second manager in one process, as in tests: the newer one is used.
		metrics.Registry.Unregister(already.ExistingCollector)
		err = metrics.Registry.Register(collector{reader, r})
	}
	return err
}

// Describe implements prometheus.Collector.
func (c collector) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- sessionsDesc
	descriptions <- streamsDesc
	descriptions <- rolloutsDesc
	descriptions <- outdatedDesc
}

// Collect implements prometheus.Collector.
func (c collector) Collect(into chan<- prometheus.Metric) {
	gauge := func(desc *prometheus.Desc, value int, labels ...string) {
		into <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(value), labels...)
	}
	followed, open := c.reconciler.Streams.Count()
	gauge(streamsDesc, open, "open")
	gauge(streamsDesc, followed-open, "closed")
	active, queued := c.reconciler.Rollouts.Count()
	gauge(rolloutsDesc, active, "active")
	gauge(rolloutsDesc, queued, "queued")

	counts, outdated := c.sessions()
	for labels, count := range counts {
		gauge(sessionsDesc, count, labels[0], labels[1])
	}
	for reason, count := range outdated {
		gauge(outdatedDesc, count, reason)
	}
}

// sessions counts by phase and readiness, and those that are not updated by
// reason.
func (c collector) sessions() (counts map[[2]string]int, outdated map[string]int) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	sessions := &v1alpha1.WhatsAppSessionList{}
	if err := c.reader.List(ctx, sessions, client.UnsafeDisableDeepCopy); err != nil {
		return nil, nil // the cache has not started, or is shutting down
	}
	counts = map[[2]string]int{}
	// Zero for what an alert asks about.
	outdated = map[string]int{v1alpha1.ReasonRolloutHeld: 0, v1alpha1.ReasonUpdateFailed: 0}
	for i := range sessions.Items {
		status := &sessions.Items[i].Status
		ready := "false"
		if meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionReady) {
			ready = "true"
		}
		counts[[2]string{string(status.Phase), ready}]++
		if c := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionUpdated); c != nil && c.Status == metav1.ConditionFalse {
			outdated[c.Reason]++
		}
	}
	return counts, outdated
}
