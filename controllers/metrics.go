package controllers

import (
	"context"
	"errors"
	"slices"
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
	stalledDesc = prometheus.NewDesc("wasession_sessions_stalled",
		"Sessions that make no progress until somebody acts, by reason.", []string{"reason"}, nil)
	streamsDesc = prometheus.NewDesc("wasession_status_streams",
		"Status streams to session pods by state: open, or closed and being reopened.", []string{"state"}, nil)
	rolloutsDesc = prometheus.NewDesc("wasession_rollouts",
		"Replacements of paired session pods by state: active or queued.", []string{"state"}, nil)
	outdatedDesc = prometheus.NewDesc("wasession_sessions_not_updated",
		"Sessions whose condition Updated is False, by its reason.", []string{"reason"}, nil)
)

// collector counts from the caches at scrape time, so that the numbers cannot
// drift. Only the replica that reconciles exports them, so that a sum over all
// replicas is right.
type collector struct {
	reader     client.Reader
	reconciler *Reconciler
	elected    <-chan struct{}
}

func registerMetrics(c collector) error {
	err := metrics.Registry.Register(c)
	var already prometheus.AlreadyRegisteredError
	if errors.As(err, &already) {
		// A second manager in one process, as in tests: the newer one is used.
		metrics.Registry.Unregister(already.ExistingCollector)
		err = metrics.Registry.Register(c)
	}
	return err
}

// Describe implements prometheus.Collector.
func (c collector) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- sessionsDesc
	descriptions <- stalledDesc
	descriptions <- streamsDesc
	descriptions <- rolloutsDesc
	descriptions <- outdatedDesc
}

// Collect implements prometheus.Collector.
func (c collector) Collect(into chan<- prometheus.Metric) {
	select {
	case <-c.elected:
	default:
		return
	}
	gauge := func(desc *prometheus.Desc, value int, labels ...string) {
		into <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(value), labels...)
	}
	followed, open := c.reconciler.Streams.Count()
	gauge(streamsDesc, open, "open")
	gauge(streamsDesc, followed-open, "closed")
	active, queued := c.reconciler.Rollouts.Count()
	gauge(rolloutsDesc, active, "active")
	gauge(rolloutsDesc, queued, "queued")

	seen := c.sessions()
	for labels, count := range seen.states {
		gauge(sessionsDesc, count, labels[0], labels[1])
	}
	for reason, count := range seen.stalled {
		gauge(stalledDesc, count, reason)
	}
	for reason, count := range seen.outdated {
		gauge(outdatedDesc, count, reason)
	}
}

// counts are those of sessions: by phase and readiness, of the stalled by reason,
// and of those that are not updated by reason.
type counts struct {
	states            map[[2]string]int
	stalled, outdated map[string]int
}

func (c collector) sessions() counts {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	sessions := &v1alpha1.WhatsAppSessionList{}
	if err := c.reader.List(ctx, sessions, client.UnsafeDisableDeepCopy); err != nil {
		return counts{} // the cache has not started, or is shutting down
	}
	seen := counts{
		states:  map[[2]string]int{},
		stalled: map[string]int{},
		// Zero for what an alert asks about.
		outdated: map[string]int{v1alpha1.ReasonRolloutHeld: 0, v1alpha1.ReasonUpdateFailed: 0},
	}
	for i := range sessions.Items {
		status := &sessions.Items[i].Status
		ready := "false"
		if meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionReady) {
			ready = "true"
		}
		seen.states[[2]string{string(status.Phase), ready}]++
		if c := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionStalled); c != nil && c.Status == metav1.ConditionTrue {
			seen.stalled[stalledReason(c.Reason)]++
		}
		if c := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionUpdated); c != nil && c.Status == metav1.ConditionFalse {
			seen.outdated[c.Reason]++
		}
	}
	return seen
}

// stalledReasons are the values of the metric's label. A newer runtime, or a
// program in its place, may report others.
var stalledReasons = []string{
	v1alpha1.ReasonAccessDenied, v1alpha1.ReasonClaimInUse, v1alpha1.ReasonClaimNotFound, v1alpha1.ReasonClientOutdated,
	v1alpha1.ReasonDataSourceIgnored, v1alpha1.ReasonEndpointMismatched, v1alpha1.ReasonForbidden, v1alpha1.ReasonGatewayAPIMissing,
	v1alpha1.ReasonImagePullFailed, v1alpha1.ReasonInvalidConfiguration, v1alpha1.ReasonLoggedOut,
	v1alpha1.ReasonNameConflict, v1alpha1.ReasonNodeLost, v1alpha1.ReasonNoStorageClass, v1alpha1.ReasonOOMKilled,
	v1alpha1.ReasonPodFailed, v1alpha1.ReasonPodPending, v1alpha1.ReasonPodStuck, v1alpha1.ReasonResizeRefused, v1alpha1.ReasonRolloutHeld,
	v1alpha1.ReasonSecretNotFound, v1alpha1.ReasonSessionNameInUse, v1alpha1.ReasonStorageLost, v1alpha1.ReasonUnschedulable, v1alpha1.ReasonWrongAccount,
}

func stalledReason(reason string) string {
	if slices.Contains(stalledReasons, reason) {
		return reason
	}
	return "Other"
}
