package main

import (
	"fmt"

	"github.com/go-analyze/charts"
)

// Pixels of the picture.
const (
	width   = 1440
	columns = 24
	unitY   = 36 // of the grid's rows
	gap     = 8
	heading = 34 // of a row and of a panel
)

// painters draw what is in a panel below its title.
var painters = map[string]func(p *charts.Painter, of *panel, w window, t theme) error{
	"stat":           drawStat,
	"timeseries":     drawTimeseries,
	"table":          drawTable,
	"state-timeline": drawTimeline,
}

// drawRow draws a row of the dashboard.
func drawRow(r row, w window, t theme) ([]byte, error) {
	top, bottom := r.Panels[0].GridPos.Y, 0
	for _, p := range r.Panels {
		top, bottom = min(top, p.GridPos.Y), max(bottom, p.GridPos.Y+p.GridPos.H)
	}
	height := heading + (bottom-top)*unitY + gap
	canvas := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputPNG, Width: width, Height: height, Theme: t.palette()})
	canvas.FilledRect(0, 0, width, height, t.canvas, t.canvas, 0)
	canvas.Text(r.Title, gap, 24, 0, charts.FontStyle{FontSize: 12, FontColor: t.text})
	for _, p := range r.Panels {
		paint, ok := painters[p.Type]
		if !ok {
			return nil, fmt.Errorf("panel %s: cannot draw a %s", p.Title, p.Type)
		}
		box := charts.NewBox(
			p.GridPos.X*width/columns+gap/2, heading+(p.GridPos.Y-top)*unitY+gap/2,
			(p.GridPos.X+p.GridPos.W)*width/columns-gap/2, heading+(p.GridPos.Y-top+p.GridPos.H)*unitY-gap/2)
		frame := canvas.Child(charts.PainterBoxOption(box))
		frame.FilledRect(0, 0, frame.Width(), frame.Height(), t.panel, t.border, 1)
		frame.Text(fillIn(p.Title), 10, 22, 0, charts.FontStyle{FontSize: 10, FontColor: t.text})
		inside := frame.Child(charts.PainterPaddingOption(charts.NewBox(8, heading, 8, 6)))
		if err := paint(inside, p, w, t); err != nil {
			return nil, fmt.Errorf("panel %s: %w", p.Title, err)
		}
	}
	return canvas.Bytes()
}
