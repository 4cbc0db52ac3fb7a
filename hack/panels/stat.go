package main

import (
	"errors"
	"math"

	"github.com/go-analyze/charts"
)

// drawStat draws the last value, in the color of its threshold, above a line of all.
func drawStat(p *charts.Painter, of *panel, _ window, t theme) error {
	if len(of.lines) != 1 {
		return errors.New("cannot draw a stat that is not of one series")
	}
	value := last(of.lines[0].values)
	color := t.color(colorAt(of.FieldConfig.Defaults.Thresholds.Steps, value))
	option := lineChart(of.lines, t.palette(color))
	// Stacked, gaps become 0: the area below a line cannot have any.
	option.StackSeries, option.FillOpacity = charts.Ptr(true), 40
	option.XAxis.Show = charts.Ptr(false)
	option.YAxis = []charts.YAxisOption{{Show: charts.Ptr(false), Min: charts.Ptr(0.0), Max: charts.Ptr(max(1, largest(of.lines, true)))}}
	below := p.Child(charts.PainterPaddingOption(charts.NewBox(0, p.Height()/2+6, 0, 0)))
	if err := below.LineChart(option); err != nil {
		return err
	}
	text, font := format(of.FieldConfig.Defaults.Unit, value), charts.FontStyle{FontSize: 30, FontColor: color}
	p.Text(text, (p.Width()-p.MeasureText(text, 0, font).Width())/2, p.Height()/2-2, 0, font)
	return nil
}

// last is the last value that is one.
func last(values []float64) float64 {
	value := math.NaN()
	for _, v := range values {
		if !math.IsNaN(v) {
			value = v
		}
	}
	return value
}

// colorAt is the color of the last threshold that a value has reached.
func colorAt(steps []threshold, value float64) (color string) {
	for _, step := range steps {
		if step.Value == nil || value >= *step.Value {
			color = step.Color
		}
	}
	return color
}
