package main

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"testing"
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
