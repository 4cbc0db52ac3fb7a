package main

import (
	"fmt"

	"github.com/go-analyze/charts"
)

// Pixels of the legend.
const (
	legendLine   = 17
	legendMark   = 14 // from a mark to its name
	legendSpace  = 16 // between two names
	legendAtMost = 5  // lines
)

// drawLegend writes the names of lines with their colors at the bottom, and returns the painter
// of what is above. Names for which there is no room are counted.
func drawLegend(p *charts.Painter, lines []line, t theme) *charts.Painter {
	font := charts.FontStyle{FontSize: small.FontSize, FontColor: t.text}
	rows := [][]string{{}}
	x := 0
	for _, l := range lines {
		width := legendMark + p.MeasureText(l.Name, 0, font).Width()
		if x > 0 && x+width > p.Width() {
			rows, x = append(rows, []string{}), 0
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], l.Name)
		x += width + legendSpace
	}
	shown := rows
	if len(rows) > legendAtMost {
		shown = append(rows[:legendAtMost-1:legendAtMost-1], nil) // for how many are missing
	}
	top := p.Height() - len(shown)*legendLine
	number := 0
	for i, row := range shown {
		x, y := 0, top+(i+1)*legendLine-4
		for _, name := range row {
			color := series[number%len(series)]
			p.FilledRect(x, y-5, x+10, y-2, color, color, 0)
			p.Text(name, x+legendMark, y, 0, font)
			x += legendMark + p.MeasureText(name, 0, font).Width() + legendSpace
			number++
		}
		if i == len(shown)-1 && number < len(lines) {
			p.Text(fmt.Sprintf("and %d more", len(lines)-number), 0, y, 0, charts.FontStyle{FontSize: small.FontSize, FontColor: t.caption})
		}
	}
	return p.Child(charts.PainterPaddingOption(charts.NewBox(0, 0, 0, p.Height()-top)))
}
