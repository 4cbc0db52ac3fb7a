package main

import (
	"cmp"
	"maps"
	"slices"

	"github.com/go-analyze/charts"
)

// drawTable draws the labels of the series that have a value at the end.
func drawTable(p *charts.Painter, of *panel, w window, t theme) error {
	header := header(of)
	var cells [][]string
	for _, l := range of.lines {
		if !l.lasts(w) {
			continue
		}
		var row []string
		for _, name := range header {
			row = append(row, l.Labels[name])
		}
		cells = append(cells, row)
	}
	return p.TableChart(charts.TableChartOption{
		Theme: t.palette(), Width: p.Width(), Header: header, Data: cells, Padding: charts.NewBox(8, 5, 8, 5),
		FontStyle:             charts.FontStyle{FontSize: 10, FontColor: t.text},
		HeaderBackgroundColor: t.canvas, HeaderFontColor: t.caption, RowBackgroundColors: []charts.Color{t.panel}, BackgroundColor: t.panel,
	})
}

// header are the columns in the order that the panel gives them.
func header(of *panel) []string {
	for _, transformation := range of.Transformations {
		if order := transformation.Options.IndexByName; order != nil {
			return slices.SortedFunc(maps.Keys(order), func(a, b string) int { return cmp.Compare(order[a], order[b]) })
		}
	}
	return nil
}
