package main

import (
	"math"
	"slices"

	"github.com/go-analyze/charts"
)

var small = charts.FontStyle{FontSize: 9}

// drawTimeseries draws lines over time with their names below.
func drawTimeseries(p *charts.Painter, of *panel, w window, t theme) error {
	defaults := of.FieldConfig.Defaults
	stacked := defaults.Custom.Stacking.Mode == "normal"
	option := lineChart(of.lines, t.palette(series...))
	if stacked {
		option.StackSeries, option.FillOpacity = charts.Ptr(true), 60
	}
	option.XAxis = w.axis()
	option.YAxis = []charts.YAxisOption{valueAxis(defaults.Unit, largest(of.lines, stacked))}
	return drawLegend(p, of.lines, t).LineChart(option)
}

// lineChart has the lines without axes and without names.
func lineChart(lines []line, palette charts.ColorPalette) charts.LineChartOption {
	values := make([][]float64, len(lines))
	for i, l := range lines {
		values[i] = append(values[i], l.values...)
		for j, v := range l.values {
			switch {
			case !math.IsNaN(v):
			case alone(l.values, j-1):
				values[i][j] = l.values[j-1] // a line needs two points
			default:
				values[i][j] = charts.GetNullValue()
			}
		}
	}
	option := charts.NewLineChartOptionWithData(values)
	option.Theme, option.Padding = palette, charts.NewBox(0, 0, 0, 0)
	option.LineStrokeWidth, option.Symbol.Shape = 1.5, charts.SymbolNone
	option.XAxis.BoundaryGap = charts.Ptr(false)
	option.Legend.Show = charts.Ptr(false)
	return option
}

// alone says whether there is a value that has none beside it.
func alone(values []float64, i int) bool {
	return i >= 0 && !math.IsNaN(values[i]) && (i == 0 || math.IsNaN(values[i-1]))
}

// largest is the largest value, or the largest sum where the lines are on top of each other.
func largest(lines []line, stacked bool) (value float64) {
	var sums []float64
	for _, l := range lines {
		if sums == nil {
			sums = make([]float64, len(l.values))
		}
		for i, v := range l.values {
			switch {
			case math.IsNaN(v):
			case stacked:
				sums[i] += v
			default:
				sums[i] = max(sums[i], v)
			}
		}
	}
	if len(sums) == 0 {
		return 0
	}
	return slices.Max(sums)
}
