package main

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// threshold bounds one figure, or its ratio if it has a reference.
type threshold struct {
	// Figure is the name of a figure; its section is the part before the dot.
	Figure string `json:"figure"`
	// Max and Min are the bounds; one of them is set.
	Max *float64 `json:"max,omitempty"`
	Min *float64 `json:"min,omitempty"`
	// Quiet means that the figure is useless while other processes use the
	// machine: it is then shown but not judged.
	Quiet bool `json:"quiet,omitempty"`
	// From is the run that the bound comes from.
	From string `json:"from"`
}

// parseThresholds reads the file of thresholds.
func parseThresholds(file []byte) ([]threshold, error) {
	var all []threshold
	if err := yaml.UnmarshalStrict(file, &all); err != nil {
		return nil, fmt.Errorf("thresholds: %w", err)
	}
	seen := map[string]bool{}
	for _, t := range all {
		switch {
		case t.Figure == "" || t.From == "":
			return nil, fmt.Errorf("threshold %q needs a figure and the run it comes from", t.Figure)
		case (t.Max == nil) == (t.Min == nil):
			return nil, fmt.Errorf("threshold %s needs either max or min", t.Figure)
		case seen[t.Figure]:
			return nil, fmt.Errorf("threshold %s is there twice", t.Figure)
		}
		seen[t.Figure] = true
	}
	return all, nil
}

// figure is one measurement.
type figure struct {
	name string // section.what
	ours float64
	// against is the reference's value in the same unit, and ratio is ours divided by
	// it: the median of the ratios, if there are several rounds. A figure without a
	// ratio has no reference.
	against, ratio float64
	unit           string
	// others is the share of the machine that other processes used meanwhile, 0
	// to 1.
	others float64
	note   string
}

// compared returns the figure of rounds that took turns with those of a reference.
func compared(name, unit string, ours, against []float64, note string) figure {
	return figure{name: name, unit: unit, ours: median(ours), against: median(against), ratio: medianRatio(ours, against), note: note}
}

// judged returns what a threshold bounds: the ratio, if there is a reference.
func (f figure) judged() float64 {
	if f.ratio != 0 {
		return f.ratio
	}
	return f.ours
}

func (f figure) section() string {
	section, _, _ := strings.Cut(f.name, ".")
	return section
}

// verdict is the result of judging a figure.
type verdict string

const (
	reported  verdict = "" // there is no threshold
	held      verdict = "ok"
	missed    verdict = "MISSED"
	notJudged verdict = "machine busy"
)

// mostOthers is the largest share of the machine that other processes may use
// while a figure that needs a quiet machine is measured.
const mostOthers = 0.15

// row is a judged figure.
type row struct {
	figure
	limit   *threshold
	verdict verdict
}

// judge compares figures with their thresholds. A threshold without a figure is
// an error if its section was run: what was not measured has not passed.
func judge(figures []figure, limits []threshold, ran []section) (rows []row, ok bool, err error) {
	ok = true
	for _, f := range figures {
		r := row{figure: f}
		if i := slices.IndexFunc(limits, func(t threshold) bool { return t.Figure == f.name }); i >= 0 {
			r.limit = &limits[i]
			r.verdict = r.limit.judge(f)
		}
		ok = ok && r.verdict != missed
		rows = append(rows, r)
	}
	for _, t := range limits {
		part := figure{name: t.Figure}.section()
		inRun := slices.ContainsFunc(ran, func(s section) bool { return s.name == part })
		if inRun && !slices.ContainsFunc(figures, func(f figure) bool { return f.name == t.Figure }) {
			return rows, false, fmt.Errorf("threshold %s was not measured", t.Figure)
		}
	}
	return rows, ok, nil
}

func (t *threshold) judge(f figure) verdict {
	v := f.judged()
	within := t.Max != nil && v <= *t.Max || t.Min != nil && v >= *t.Min
	switch {
	case within:
		return held
	case t.Quiet && f.others > mostOthers:
		return notJudged
	}
	return missed
}
