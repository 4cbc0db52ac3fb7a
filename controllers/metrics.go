package controllers

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"
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
		"Replacements of working session pods by state: active or queued.", []string{"state"}, nil)
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

	for labels, count := range c.sessions() {
		gauge(sessionsDesc, count, labels[0], labels[1])
	}
}

func (c collector) sessions() map[[2]string]int {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	sessions := &v1alpha1.WhatsAppSessionList{}
	if err := c.reader.List(ctx, sessions, client.UnsafeDisableDeepCopy); err != nil {
		return nil // the cache has not started, or is shutting down
	}
	counts := map[[2]string]int{}
	for i := range sessions.Items {
		status := &sessions.Items[i].Status
		ready := "false"
		if meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionReady) {
			ready = "true"
		}
		counts[[2]string{string(status.Phase), ready}]++
	}
	return counts
}
