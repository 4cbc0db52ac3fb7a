package controllers

import (
	"testing"

	"github.com/wasession/wasession/test/metricdocs"
)

func TestMetricsAreDocumented(t *testing.T) {
	metricdocs.Check(t, "Operator", collector{})
}
