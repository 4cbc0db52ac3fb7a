package app

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/wasession/wasession/runtime/archive"
	"github.com/wasession/wasession/runtime/delivery"
	"github.com/wasession/wasession/test/metricdocs"
)

func TestMetricsAreDocumented(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(newFigures(nil, nil, "", nil))
	archive.NewMetrics(registry)
	delivery.NewMetrics(registry)
	metricdocs.Check(t, "Sessions", registry)
}
