package main

import (
	"math"

	"github.com/go-analyze/charts"
)

// maxSteps is how many steps the axis of values has at most.
const maxSteps = 5

// valueAxis is the axis from 0 to a round number above the largest value.
func valueAxis(unit string, largest float64) charts.YAxisOption {
	step := roundStep(unit, largest/maxSteps)
	steps := max(1, math.Ceil(largest/step))
	return charts.YAxisOption{
		Min: charts.Ptr(0.0), Max: charts.Ptr(steps * step), LabelCount: int(steps) + 1, RangeValuePaddingScale: charts.Ptr(0.0),
		LabelFontStyle: small, SplitLineShow: charts.Ptr(true),
		ValueFormatter: func(value float64) string { return format(unit, value) },
	}
}

// roundStep is the smallest step of 1, 2, 5, 10, … that is not below least: for bytes, of 1, 2,
// 4, 8, …, for times, of whole minutes. What is counted has no halves.
func roundStep(unit string, least float64) float64 {
	switch {
	case unit == "short":
		least = max(least, 1)
	case least <= 0:
		return 1
	case unit == "bytes":
		return math.Exp2(math.Ceil(math.Log2(least)))
	}
	if unit == "s" && least > 5 {
		for _, step := range []float64{10, 15, 30, 60, 120, 300, 600, 1800} {
			if step >= least {
				return step
			}
		}
		return math.Ceil(least/3600) * 3600
	}
	size := math.Pow(10, math.Floor(math.Log10(least)))
	for _, factor := range []float64{1, 2, 5} {
		if size*factor >= least {
			return size * factor
		}
	}
	return size * 10
}

// axis is the axis of time, with the time of day in UTC. The last label has no room.
func (w window) axis() charts.XAxisOption {
	var labels []string
	for _, at := range w.times() {
		labels = append(labels, at.Format("15:04"))
	}
	labels[len(labels)-1] = " "
	return charts.XAxisOption{Labels: labels, LabelCount: w.labels, BoundaryGap: charts.Ptr(false), LabelFontStyle: small}
}
