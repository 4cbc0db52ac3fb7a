package socket

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/wasession/wasession/test/metricdocs"
)

func TestMetricsAreDocumented(t *testing.T) {
	registry := prometheus.NewRegistry()
	newMetrics(registry)
	metricdocs.Check(t, "Websockets of the gateway", registry)
}
