// Package prometheus makes the configuration of a Prometheus server out of what the
// chart has for the Prometheus operator, and asks that server, and Grafana's dashboard,
// as users do.
package prometheus
