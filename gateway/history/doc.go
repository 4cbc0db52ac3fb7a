// Package history keeps what the sessions did in the last two hours, in memory: their
// statuses, and their messages and deliveries by the minute, for those who look at a
// picture and have no Prometheus.
package history
