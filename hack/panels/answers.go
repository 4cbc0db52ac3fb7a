package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// answer is a panel in the file of answers.
type answer struct {
	Title string
	X, Y  int
	Lines []line
}

// line is a series with its name in the legend.
type line struct {
	Name   string
	Labels map[string]string
	Points []point
	// values are those of the window, NaN where there is none.
	values []float64
}

// lasts says whether a line has a value at the end of the window.
func (l line) lasts(w window) bool { return !math.IsNaN(l.values[w.last]) }

// point is a time in seconds since 1970 and a value, null where that is no number.
type point [2]*float64

// readAnswers gives the panels of the rows their lines. The window holds all of them.
func readAnswers(file []byte, rows []row) (window, error) {
	var answers []answer
	if err := json.Unmarshal(file, &answers); err != nil {
		return window{}, err
	}
	w, err := windowOf(answers)
	if err != nil {
		return window{}, err
	}
	for _, row := range rows {
		for _, p := range row.Panels {
			i := slices.IndexFunc(answers, func(a answer) bool {
				return a.Title == p.Title && a.X == p.GridPos.X && a.Y == p.GridPos.Y
			})
			if i < 0 {
				return window{}, fmt.Errorf("no answer for the panel %q: the answers are of another dashboard, ask for new ones", p.Title)
			}
			p.lines = answers[i].Lines
			for i := range p.lines {
				p.lines[i].values = w.values(p.lines[i].Points)
			}
		}
	}
	return w, nil
}

// window is the time that the pictures show, in steps.
type window struct {
	from time.Time
	step time.Duration
	// interval is the time between two labels of the axis.
	interval time.Duration
	labels   int
	// last is the step of the last point.
	last int
}

const maxLabels = 8

// windowOf is the time of all points, from a full minute to a full interval.
func windowOf(answers []answer) (window, error) {
	first, last, step := math.Inf(1), math.Inf(-1), math.Inf(1)
	for _, a := range answers {
		for _, l := range a.Lines {
			for i, p := range l.Points {
				if p[0] == nil {
					return window{}, fmt.Errorf("panel %s: a point without a time", a.Title)
				}
				first, last = min(first, *p[0]), max(last, *p[0])
				if i > 0 {
					step = min(step, *p[0]-*l.Points[i-1][0])
				}
			}
		}
	}
	if step < 1 || step > time.Hour.Seconds() {
		return window{}, errors.New("no series of points that are between a second and an hour apart")
	}
	w := window{step: time.Duration(step) * time.Second, from: time.Unix(int64(first), 0).UTC().Truncate(time.Minute)}
	length := time.Unix(int64(last), 0).Sub(w.from)
	for _, w.interval = range []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour} {
		if w.interval%w.step == 0 && length <= (maxLabels-1)*w.interval {
			w.labels = int((length+w.interval-1)/w.interval) + 1
			w.last = int(length / w.step)
			return w, nil
		}
	}
	return window{}, fmt.Errorf("no picture has room for the answers: they are of %s in steps of %s, want %s at most, in steps that divide an hour",
		length, w.step, (maxLabels-1)*time.Hour)
}

// times are the times of the window's steps.
func (w window) times() []time.Time {
	all := make([]time.Time, int(w.interval/w.step)*(w.labels-1)+1)
	for i := range all {
		all[i] = w.from.Add(time.Duration(i) * w.step)
	}
	return all
}

// values are a line's values at each time.
func (w window) values(points []point) []float64 {
	all := make([]float64, len(w.times()))
	for i := range all {
		all[i] = math.NaN()
	}
	for _, p := range points {
		at := time.Unix(int64(*p[0]), 0).Sub(w.from)
		if p[1] != nil {
			all[at/w.step] = *p[1]
		}
	}
	return all
}
