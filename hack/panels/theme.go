package main

import "github.com/go-analyze/charts"

// theme has the colors of a picture.
type theme struct {
	// suffix ends the names of its files.
	suffix                               string
	canvas, panel, border, text, caption charts.Color
	grid                                 charts.Color
	dark                                 bool
}

var themes = []theme{
	{
		canvas: charts.ParseColor("#f4f5f5"), panel: charts.ParseColor("#ffffff"), border: charts.ParseColor("#dcdde0"),
		text: charts.ParseColor("#24292e"), caption: charts.ParseColor("#62666c"), grid: charts.ParseColor("#e8e9ea"),
	},
	{
		suffix: "-dark", dark: true,
		canvas: charts.ParseColor("#111217"), panel: charts.ParseColor("#181b1f"), border: charts.ParseColor("#2c3036"),
		text: charts.ParseColor("#ccccdc"), caption: charts.ParseColor("#9fa7b3"), grid: charts.ParseColor("#2a2d33"),
	},
}

// named are the colors that the dashboard names.
var named = map[string]charts.Color{
	"green":  charts.ParseColor("#56a64b"),
	"orange": charts.ParseColor("#ff9830"),
	"red":    charts.ParseColor("#e02f44"),
}

// series are the colors of lines, in their order.
var series = []charts.Color{
	charts.ParseColor("#56a64b"), charts.ParseColor("#e0b400"), charts.ParseColor("#3274d9"), charts.ParseColor("#ff780a"),
	charts.ParseColor("#e02f44"), charts.ParseColor("#8ab8ff"), charts.ParseColor("#a352cc"), charts.ParseColor("#96d98d"),
	charts.ParseColor("#705da0"), charts.ParseColor("#00868b"),
}

// color is a color by its name in the dashboard. The color of text depends on the theme.
func (t theme) color(name string) charts.Color {
	if color, ok := named[name]; ok {
		return color
	}
	return t.text
}

// palette is the theme as the library wants it.
func (t theme) palette(lines ...charts.Color) charts.ColorPalette {
	return charts.MakeTheme(charts.ThemeOption{
		IsDarkMode: t.dark, AxisStrokeColor: t.grid, AxisSplitLineColor: t.grid, BackgroundColor: t.panel,
		TextColor: t.text, TextColorXAxis: t.caption, TextColorYAxis: t.caption, TextColorLegend: t.text, SeriesColors: lines,
	})
}
