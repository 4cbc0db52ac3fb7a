package main

import (
	"bytes"
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

const testDashboard = `{"panels": [
	{"type": "row", "title": "Fleet of $namespace"},
	{"type": "stat", "title": "Sessions", "gridPos": {"x": 0, "y": 1, "w": 4, "h": 4}},
	{"type": "timeseries", "title": "Memory", "gridPos": {"x": 4, "y": 1, "w": 8, "h": 8}, "fieldConfig": {"defaults": {"unit": "bytes"}}}
]}`

// answersOf has a gap in the middle, and as many panels as there are titles.
func answersOf(places ...string) []byte {
	var b bytes.Buffer
	for i, place := range places {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, `{%s, "Lines": [{"Name": "a", "Points": [[60, 1], [62, 2], [64, null], [120, 1048576]]}]}`, place)
	}
	return []byte("[" + b.String() + "]")
}

func TestEachRowIsDrawnTwice(t *testing.T) {
	folder := t.TempDir()
	dashboard, answers := filepath.Join(folder, "dashboard"), filepath.Join(folder, "answers")
	if err := os.WriteFile(dashboard, []byte(testDashboard), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(answers, answersOf(`"Title": "Sessions", "X": 0, "Y": 1`, `"Title": "Memory", "X": 4, "Y": 1`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(dashboard, answers, folder); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"panels-fleet.png", "panels-fleet-dark.png"} {
		file, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if size := picture.Bounds().Size(); size.X != width || size.Y != heading+8*unitY+gap {
			t.Errorf("%s is %v", name, size)
		}
	}
}

func TestAnswersOfAnotherDashboard(t *testing.T) {
	rows, err := readDashboard([]byte(testDashboard))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readAnswers(answersOf(`"Title": "Sessions", "X": 0, "Y": 1`), rows); err == nil {
		t.Error("no error without an answer for a panel")
	}
}

func TestDashboardsThatNoPictureCanShow(t *testing.T) {
	for file, want := range map[string]string{
		`{"panels": []}`: "no rows",
		`{"panels": [{"type": "stat", "title": "Sessions"}]}`:              `the panel "Sessions" comes before the first row`,
		`{"panels": [{"type": "row", "title": "Fleet"}, {"type": "row"}]}`: `the row "Fleet" has no panels`,
	} {
		if _, err := readDashboard([]byte(file)); err == nil || err.Error() != want {
			t.Errorf("%s is answered with %v, want %q", file, err, want)
		}
	}
}

// The labels of the axis are at steps, and each point has its own.
func TestWindow(t *testing.T) {
	for _, c := range []struct {
		times    string
		labels   int
		interval time.Duration
	}{
		{"60 62 64 120", 2, time.Minute},
		{"90 105 600", 6, 2 * time.Minute}, // from 1:00 to 10:00
		{"60 150 240", 2, 30 * time.Minute},
		{"0 3600 25200", 8, time.Hour},
	} {
		w, err := windowOf(pointsAt(c.times))
		if err != nil || w.labels != c.labels || w.interval != c.interval {
			t.Errorf("%s: %d labels every %s (%v), want %d every %s", c.times, w.labels, w.interval, err, c.labels, c.interval)
			continue
		}
		points := pointsAt(c.times)[0].Lines[0].Points
		given := 0
		for _, v := range w.values(points) {
			if !math.IsNaN(v) {
				given++
			}
		}
		if given != len(points) {
			t.Errorf("%s: %d of %d points are shown", c.times, given, len(points))
		}
	}
}

func TestTimesThatNoPictureCanShow(t *testing.T) {
	for times, want := range map[string]string{
		"":            "between a second and an hour apart",
		"60":          "between a second and an hour apart",
		"60 60":       "between a second and an hour apart",
		"62 60":       "between a second and an hour apart",
		"60 7260":     "between a second and an hour apart",
		"60 67 74":    "in steps of 7s",
		"0 60 25260":  "they are of 7h1m0s",
		"0 60 1e15":   "no picture has room",
		"60 null 120": "a point without a time",
	} {
		if _, err := windowOf(pointsAt(times)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is answered with %v, want %q", times, err, want)
		}
	}
}

// pointsAt is an answer of one line with points at some times.
func pointsAt(times string) []answer {
	var l line
	for _, text := range strings.Fields(times) {
		p := point{nil, new(float64)}
		if at, err := strconv.ParseFloat(text, 64); err == nil {
			p[0] = &at
		}
		l.Points = append(l.Points, p)
	}
	return []answer{{Title: "Memory", Lines: []line{l}}}
}

func TestValuesAndSteps(t *testing.T) {
	for _, c := range []struct {
		unit  string
		value float64
		want  string
	}{{"short", 1500, "1.5 K"}, {"s", 0.25, "250 ms"}, {"s", 90, "1.5 min"}, {"bytes", 3 << 20, "3 MiB"}, {"percentunit", 0.05, "5%"}, {"ops", 0.05, "0.05 ops/s"}, {"s", 0, "0"}} {
		if got := format(c.unit, c.value); got != c.want {
			t.Errorf("%v of %s is %q, want %q", c.value, c.unit, got, c.want)
		}
	}
	for _, c := range []struct {
		unit        string
		least, want float64
	}{{"short", 0.2, 1}, {"short", 3, 5}, {"bytes", 300 << 10, 512 << 10}, {"s", 40, 60}, {"s", 0.03, 0.05}, {"ops", 0, 1}} {
		if got := roundStep(c.unit, c.least); got != c.want {
			t.Errorf("the step of %v %s is %v, want %v", c.least, c.unit, got, c.want)
		}
	}
}
