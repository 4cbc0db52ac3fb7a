package delivery

import "github.com/prometheus/client_golang/prometheus"

// Metrics are the metrics of delivery.
type Metrics struct {
	delivered, failed, deadLettered, lost, slowReaders, skipped prometheus.Counter
	lag                                                         prometheus.Histogram
}

// NewMetrics registers the metrics; a nil registerer leaves them unregistered.
func NewMetrics(r prometheus.Registerer) *Metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "wasession_" + name, Help: help})
	}
	m := &Metrics{
		delivered:    counter("webhook_deliveries_total", "Events that a webhook has taken."),
		failed:       counter("webhook_failures_total", "Attempts at a webhook that failed."),
		deadLettered: counter("webhook_dead_letters_total", "Events given up: after the last attempt, or because the outbox was full."),
		lost:         counter("outbox_dropped_total", "Dead letters removed for want of room."),
		slowReaders:  counter("websocket_slow_readers_total", "Websockets closed because they did not read."),
		skipped:      counter("websocket_skipped_total", "Events left out of a websocket because they cannot be written as JSON."),
		lag: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "wasession_webhook_lag_seconds", Help: "Time from an event to its delivery.",
			Buckets: []float64{.005, .02, .1, .5, 2, 10, 60, 600, 3600},
		}),
	}
	if r != nil {
		r.MustRegister(m.delivered, m.failed, m.deadLettered, m.lost, m.slowReaders, m.skipped, m.lag)
	}
	return m
}
