package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"testing"

	"github.com/go-analyze/charts"
)

// What is over time is drawn where there are points, and not where there are none.
func TestPointsAreDrawnAtTheirTimes(t *testing.T) {
	const points = `[[0, 1], [20, 1], [40, null], [60, null], [80, null], [100, null], [120, null]]`
	const left, middle = 40, width / 4 // of the panel, which begins with the axis of values
	for kind, c := range map[string]struct {
		config string
		color  charts.Color
	}{
		"timeseries":     {`{}`, series[0]},
		"state-timeline": {`{"defaults": {"mappings": [{"options": {"1": {"color": "red"}}}]}}`, named["red"]},
	} {
		for _, theme := range themes {
			picture := drawPanel(t, theme, kind, c.config, points)
			if n := count(picture, c.color, left, middle); n < 80 {
				t.Errorf("%s%s: %d pixels show the points", kind, theme.suffix, n)
			}
			if n := count(picture, c.color, middle, width); n > 0 {
				t.Errorf("%s%s: %d pixels show points that are not there", kind, theme.suffix, n)
			}
		}
	}
}

// A stat has the color of the threshold that its last value has reached.
func TestStatHasTheColorOfItsThreshold(t *testing.T) {
	const config = `{"defaults": {"thresholds": {"steps": [{"color": "green"}, {"color": "red", "value": 3}]}}}`
	for points, want := range map[string]string{
		`[[0, 3], [60, 2], [120, null]]`: "green",
		`[[0, 2], [60, 3], [120, null]]`: "red",
	} {
		picture := drawPanel(t, themes[0], "stat", config, points)
		for _, color := range []string{"green", "red"} {
			if n := count(picture, named[color], 0, width); (n > 100) != (color == want) {
				t.Errorf("%s: %d pixels are %s, want it %s", points, n, color, want)
			}
		}
	}
}

// A table has the series that have a value at the end.
func TestTableHasWhatIsThereAtTheEnd(t *testing.T) {
	const config = `{}`
	text := themes[0].text
	there := count(drawPanel(t, themes[0], "table", config, `[[0, 1], [60, 1], [120, 1]]`), text, 0, width)
	gone := count(drawPanel(t, themes[0], "table", config, `[[0, 1], [60, 1], [120, null]]`), text, 0, width)
	if there <= gone {
		t.Errorf("%d pixels of text with the series, %d when it is gone", there, gone)
	}
}

func TestThemes(t *testing.T) {
	for _, theme := range themes {
		picture := drawPanel(t, theme, "timeseries", `{}`, `[[0, 1], [60, 1]]`)
		if !same(picture, 0, 0, theme.canvas) || !same(picture, width/4, heading+gap, theme.panel) {
			t.Errorf("the picture %q has other colors", theme.suffix)
		}
	}
}

// drawPanel draws a row of one panel, which takes its left half.
func drawPanel(t *testing.T, in theme, kind, config, points string) image.Image {
	t.Helper()
	rows, err := readDashboard(fmt.Appendf(nil, `{"panels": [{"type": "row"}, {
		"type": %q, "gridPos": {"w": 12, "h": 8}, "fieldConfig": %s,
		"transformations": [{"options": {"indexByName": {"session": 0}}}]
	}]}`, kind, config))
	if err != nil {
		t.Fatal(err)
	}
	w, err := readAnswers(fmt.Appendf(nil, `[{"Lines": [{"Name": "a", "Labels": {"session": "sales"}, "Points": %s}]}]`, points), rows)
	if err != nil {
		t.Fatal(err)
	}
	file, err := drawRow(rows[0], w, in)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// count counts the pixels of a color from one column to another.
func count(picture image.Image, color charts.Color, from, to int) (n int) {
	for x := from; x < to; x++ {
		for y := range picture.Bounds().Dy() {
			if same(picture, x, y, color) {
				n++
			}
		}
	}
	return n
}

// same says whether a pixel has a color, be it mixed with some of the background as the edge
// of a line is.
func same(picture image.Image, x, y int, color charts.Color) bool {
	r, g, b, _ := picture.At(x, y).RGBA()
	near := func(got uint32, want uint8) bool { return max(got>>8, uint32(want))-min(got>>8, uint32(want)) < 48 }
	return near(r, color.R) && near(g, color.G) && near(b, color.B)
}
