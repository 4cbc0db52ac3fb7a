package socket

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	clients, streams          prometheus.Gauge
	behind, catchUps, tooSlow prometheus.Counter
}

func newMetrics(r prometheus.Registerer) metrics {
	m := metrics{
		clients:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "wasession_gateway_websockets", Help: "Websockets of clients."}),
		streams:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "wasession_gateway_session_streams", Help: "Open streams of events that clients share, one for each session."}),
		behind:   prometheus.NewCounter(prometheus.CounterOpts{Name: "wasession_gateway_websocket_behind_total", Help: "Times that a client did not keep up with a session."}),
		catchUps: prometheus.NewCounter(prometheus.CounterOpts{Name: "wasession_gateway_websocket_catch_ups_total", Help: "Streams that were opened for one client, to catch up with a session."}),
		tooSlow:  prometheus.NewCounter(prometheus.CounterOpts{Name: "wasession_gateway_websocket_too_slow_total", Help: "Websockets that were closed because the client took nothing."}),
	}
	r.MustRegister(m.clients, m.streams, m.behind, m.catchUps, m.tooSlow)
	return m
}
