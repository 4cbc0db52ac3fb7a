package figures

import (
	"slices"
	"strings"
	"testing"
)

func TestThresholdsThatSayTooLittleAreRefused(t *testing.T) {
	for file, want := range map[string]string{
		`[{figure: a.b, max: 1}]`:                                          "the run it comes from",
		`[{max: 1, from: x}]`:                                              "needs a figure",
		`[{figure: a.b, from: x}]`:                                         "either max or min",
		`[{figure: a.b, max: 1, min: 1, from: x}]`:                         "either max or min",
		`[{figure: a.b, max: 1, from: x}, {figure: a.b, min: 1, from: y}]`: "twice",
		`[{figure: a.b, maximum: 1, from: x}]`:                             "maximum",
	} {
		if _, err := Parse([]byte(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", file, err, want)
		}
	}
}

func TestJudge(t *testing.T) {
	limits, err := Parse([]byte(`
- {figure: a.most, max: 2, from: x}
- {figure: a.least, min: 5, from: x}
- {figure: a.quiet, min: 5, quiet: true, from: x}
- {figure: b.other, max: 1, from: x}
`))
	if err != nil {
		t.Fatal(err)
	}
	ran := []string{"a"}
	most := func(v float64) Figure { return Figure{Name: "a.most", Ours: v} }
	least := func(v float64) Figure { return Figure{Name: "a.least", Ours: 100 * v, Against: 100, Ratio: v} }
	quiet := func(v, others float64) Figure { return Figure{Name: "a.quiet", Ours: v, Others: others} }
	for name, test := range map[string]struct {
		figures []Figure
		want    []Verdict
		ok      bool
	}{
		"all hold":             {[]Figure{most(2), least(5), quiet(5, 0)}, []Verdict{held, held, held}, true},
		"too much":             {[]Figure{most(2.01), least(5), quiet(5, 0)}, []Verdict{missed, held, held}, false},
		"too little":           {[]Figure{most(2), least(4.99), quiet(5, 0)}, []Verdict{held, missed, held}, false},
		"missed when quiet":    {[]Figure{most(2), least(5), quiet(4, 0.1)}, []Verdict{held, held, missed}, false},
		"missed when busy":     {[]Figure{most(2), least(5), quiet(4, 0.5)}, []Verdict{held, held, notJudged}, true},
		"held though busy":     {[]Figure{most(2), least(5), quiet(6, 0.5)}, []Verdict{held, held, held}, true},
		"busy excuses no else": {[]Figure{{Name: "a.most", Ours: 3, Others: 1}, least(5), quiet(5, 0)}, []Verdict{missed, held, held}, false},
		"no threshold":         {[]Figure{most(2), least(5), quiet(5, 0), {Name: "a.free"}}, []Verdict{held, held, held, reported}, true},
	} {
		rows, ok, err := Judge(test.figures, limits, ran)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var got []Verdict
		for _, r := range rows {
			got = append(got, r.verdict)
		}
		if !slices.Equal(got, test.want) || ok != test.ok {
			t.Errorf("%s: %q %v, want %q %v", name, got, ok, test.want, test.ok)
		}
	}
	if _, _, err := Judge([]Figure{most(1)}, limits, ran); err == nil || !strings.Contains(err.Error(), "a.least") {
		t.Errorf("what was not measured passes: %v", err)
	}
}
