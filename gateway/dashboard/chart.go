package dashboard

import (
	"fmt"
	"strings"
	"time"

	"github.com/wasession/wasession/gateway/history"
)

// The size of a chart in its own units: it is stretched to the page.
const (
	chartWidth  = 1000
	chartHeight = 200
)

// chart is lines over time, or areas that are stacked.
type chart struct {
	Title string
	Lines []line
	// From and To are the ends of the time axis.
	From, To time.Time
	// Most is the end of the other axis, which begins with 0; Unit follows it.
	Most int64
	Unit string
	// Sums says that the lines are things that happened, which can be added up.
	Sums    bool
	stacked bool
}

// line is a line or an area of a chart.
type line struct {
	Label, Tone string
	// Shown is what the legend says: the sum, or the newest value.
	Shown int64
	// Area and Edge are paths of SVG.
	Area, Edge string
	values     []int64
}

func newChart(title string, points []history.Point) *chart {
	return &chart{Title: title, From: points[0].At, To: points[len(points)-1].At}
}

// add adds a line. In a stacked chart, one that is always 0 is left out.
func (c *chart) add(label, tone string, values []int64) {
	l := line{Label: label, Tone: tone, Shown: values[len(values)-1], values: values}
	sum := int64(0)
	for _, v := range values {
		sum += v
	}
	if c.stacked && sum == 0 {
		return
	}
	if c.Sums {
		l.Shown = sum
	}
	c.Lines = append(c.Lines, l)
}

// drawn calculates the paths.
func (c *chart) drawn() chart {
	if len(c.Lines) == 0 {
		return *c
	}
	count := len(c.Lines[0].values)
	below := make([]int64, count)
	tops := make([][]int64, len(c.Lines))
	for i, l := range c.Lines {
		tops[i] = make([]int64, count)
		for j, v := range l.values {
			if c.stacked {
				below[j] += v
				v = below[j]
			}
			tops[i][j] = v
			c.Most = max(c.Most, v)
		}
	}
	c.Most = axisEnd(c.Most)
	floor := make([]int64, count)
	for i := range c.Lines {
		if c.stacked && i > 0 {
			floor = tops[i-1]
		}
		c.Lines[i].Edge = outline(tops[i], c.Most)
		c.Lines[i].Area = c.Lines[i].Edge + back(floor, c.Most)
	}
	return *c
}

// axisEnd is a number for the end of an axis that is not below n: 1, 2 or 5 times a
// power of ten.
func axisEnd(n int64) int64 {
	for power := int64(1); ; power *= 10 {
		for _, step := range []int64{1, 2, 5} {
			if step*power >= n {
				return step * power
			}
		}
	}
}

func x(i, count int) float64 { return chartWidth * float64(i) / float64(max(count-1, 1)) }

func y(v, most int64) float64 { return chartHeight - chartHeight*float64(v)/float64(most) }

// outline leads over the values from left to right.
func outline(values []int64, most int64) string {
	var d strings.Builder
	for i, v := range values {
		fmt.Fprintf(&d, "%c%.1f %.1f", "ML"[min(i, 1)], x(i, len(values)), y(v, most))
	}
	return d.String()
}

// back leads back over the floor, so that the path encloses an area.
func back(floor []int64, most int64) string {
	var d strings.Builder
	for i := len(floor) - 1; i >= 0; i-- {
		fmt.Fprintf(&d, "L%.1f %.1f", x(i, len(floor)), y(floor[i], most))
	}
	return d.String() + "Z"
}

// Words say what the chart shows, for those who do not see it.
func (c chart) Words() string {
	var parts []string
	for _, l := range c.Lines {
		parts = append(parts, fmt.Sprintf("%s %d", strings.ToLower(l.Label), l.Shown))
	}
	what := "now"
	if c.Sums {
		what = "in this time"
	}
	return fmt.Sprintf("%s from %s to %s UTC: %s %s", c.Title, c.From.UTC().Format("15:04"), c.To.UTC().Format("15:04"), strings.Join(parts, ", "), what)
}
