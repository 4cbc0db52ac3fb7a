// Package figures judges measurements by the thresholds in a file, prints them,
// and reads what the machine and its processes used meanwhile.
package figures

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// Threshold bounds one figure, or its ratio if it has a reference.
type Threshold struct {
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

// Parse reads the file of thresholds.
func Parse(file []byte) ([]Threshold, error) {
	var all []Threshold
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

// Figure is one measurement.
type Figure struct {
	Name string // section.what
	Ours float64
	// Against is the reference's value in the same unit, and Ratio is Ours divided by
	// it: the median of the ratios, if there are several rounds. A figure without a
	// ratio has no reference.
	Against, Ratio float64
	Unit           string
	// Others is the share of the machine that other processes used meanwhile, 0
	// to 1.
	Others float64
	Note   string
}

// Compared returns the figure of rounds that took turns with those of a reference.
func Compared(name, unit string, ours, against []float64, note string) Figure {
	return Figure{Name: name, Unit: unit, Ours: Median(ours), Against: Median(against), Ratio: MedianRatio(ours, against), Note: note}
}

// judged returns what a threshold bounds: the ratio, if there is a reference.
func (f Figure) judged() float64 {
	if f.Ratio != 0 {
		return f.Ratio
	}
	return f.Ours
}

// Section is the first part of the figure's name.
func (t Threshold) Section() string {
	section, _, _ := strings.Cut(t.Figure, ".")
	return section
}

// Verdict is the result of judging a figure.
type Verdict string

const (
	reported  Verdict = "" // there is no threshold
	held      Verdict = "ok"
	missed    Verdict = "MISSED"
	notJudged Verdict = "machine busy"
)

// mostOthers is the largest share of the machine that other processes may use
// while a figure that needs a quiet machine is measured.
const mostOthers = 0.15

// Row is a judged figure.
type Row struct {
	Figure
	limit   *Threshold
	verdict Verdict
}

// Judge compares figures with their thresholds. A threshold without a figure is
// an error if its section is among those that ran: what was not measured has
// not passed.
func Judge(figures []Figure, limits []Threshold, ran []string) (rows []Row, ok bool, err error) {
	ok = true
	for _, f := range figures {
		r := Row{Figure: f}
		if i := slices.IndexFunc(limits, func(t Threshold) bool { return t.Figure == f.Name }); i >= 0 {
			r.limit = &limits[i]
			r.verdict = r.limit.judge(f)
		}
		ok = ok && r.verdict != missed
		rows = append(rows, r)
	}
	for _, t := range limits {
		if slices.Contains(ran, t.Section()) && !slices.ContainsFunc(figures, func(f Figure) bool { return f.Name == t.Figure }) {
			return rows, false, fmt.Errorf("threshold %s was not measured", t.Figure)
		}
	}
	return rows, ok, nil
}

func (t *Threshold) judge(f Figure) Verdict {
	v := f.judged()
	within := t.Max != nil && v <= *t.Max || t.Min != nil && v >= *t.Min
	switch {
	case within:
		return held
	case t.Quiet && f.Others > mostOthers:
		return notJudged
	}
	return missed
}
