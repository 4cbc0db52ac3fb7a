package main

import (
	"math"
	"slices"

	"github.com/go-analyze/charts"
)

// drawTimeline draws a bar for each series, for as long as it has the value that is mapped to
// a color. Those for which there is no room are left out.
func drawTimeline(p *charts.Painter, of *panel, w window, t theme) error {
	const room = 14 // that a name takes
	shown := of.lines[:min(len(of.lines), p.Height()/room-3)]
	names, bars := make([]string, len(shown)), make([]line, len(shown))
	for i, l := range shown {
		at := len(shown) - 1 - i // the axis counts upwards
		names[at], bars[i].values = l.Name, bar(l.values, at)
	}
	var color charts.Color
	for _, mapping := range of.FieldConfig.Defaults.Mappings {
		color = t.color(mapping.Options["1"].Color)
	}
	option := lineChart(bars, t.palette(slices.Repeat([]charts.Color{color}, len(bars))...))
	option.LineStrokeWidth = float64(p.Height()) / float64(len(shown)+2) * 0.6
	option.XAxis = w.axis()
	// There is room for half a bar below the first and above the last.
	option.YAxis = []charts.YAxisOption{{
		Min: charts.Ptr(-1.0), Max: charts.Ptr(float64(len(shown))), LabelCount: len(shown) + 2, RangeValuePaddingScale: charts.Ptr(0.0),
		LabelFontStyle: small, SplitLineShow: charts.Ptr(false),
		ValueFormatter: func(value float64) string {
			if at := int(math.Round(value)); at >= 0 && at < len(names) {
				return names[at]
			}
			return " "
		},
	}}
	return p.LineChart(option)
}

// bar has the same value wherever there is one, and until the next step.
func bar(values []float64, at int) []float64 {
	bar := make([]float64, len(values))
	for i, v := range values {
		bar[i] = math.NaN()
		if !math.IsNaN(v) || i > 0 && !math.IsNaN(values[i-1]) {
			bar[i] = float64(at)
		}
	}
	return bar
}
