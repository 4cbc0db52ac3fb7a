package main

import (
	"slices"
	"strings"
	"testing"
)

func TestTheShippedThresholdsBelongToSections(t *testing.T) {
	limits, err := parseThresholds(thresholdsFile)
	if err != nil {
		t.Fatal(err)
	}
	if len(limits) == 0 {
		t.Fatal("no thresholds")
	}
	for _, limit := range limits {
		name := figure{name: limit.Figure}.section()
		if !slices.ContainsFunc(sections, func(s section) bool { return s.name == name }) {
			t.Errorf("%s is of no section", limit.Figure)
		}
	}
}

func TestThresholdsThatSayTooLittleAreRefused(t *testing.T) {
	for file, want := range map[string]string{
		`[{figure: a.b, max: 1}]`:                                          "the run it comes from",
		`[{max: 1, from: x}]`:                                              "needs a figure",
		`[{figure: a.b, from: x}]`:                                         "either max or min",
		`[{figure: a.b, max: 1, min: 1, from: x}]`:                         "either max or min",
		`[{figure: a.b, max: 1, from: x}, {figure: a.b, min: 1, from: y}]`: "twice",
		`[{figure: a.b, maximum: 1, from: x}]`:                             "maximum",
	} {
		if _, err := parseThresholds([]byte(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", file, err, want)
		}
	}
}

func TestJudge(t *testing.T) {
	limits, err := parseThresholds([]byte(`
- {figure: a.most, max: 2, from: x}
- {figure: a.least, min: 5, from: x}
- {figure: a.quiet, min: 5, quiet: true, from: x}
- {figure: b.other, max: 1, from: x}
`))
	if err != nil {
		t.Fatal(err)
	}
	ran := []section{{name: "a"}}
	most := func(v float64) figure { return figure{name: "a.most", ours: v} }
	least := func(v float64) figure { return figure{name: "a.least", ours: 100 * v, against: 100, ratio: v} }
	quiet := func(v, others float64) figure { return figure{name: "a.quiet", ours: v, others: others} }
	for name, test := range map[string]struct {
		figures []figure
		want    []verdict
		ok      bool
	}{
		"all hold":             {[]figure{most(2), least(5), quiet(5, 0)}, []verdict{held, held, held}, true},
		"too much":             {[]figure{most(2.01), least(5), quiet(5, 0)}, []verdict{missed, held, held}, false},
		"too little":           {[]figure{most(2), least(4.99), quiet(5, 0)}, []verdict{held, missed, held}, false},
		"missed when quiet":    {[]figure{most(2), least(5), quiet(4, 0.1)}, []verdict{held, held, missed}, false},
		"missed when busy":     {[]figure{most(2), least(5), quiet(4, 0.5)}, []verdict{held, held, notJudged}, true},
		"held though busy":     {[]figure{most(2), least(5), quiet(6, 0.5)}, []verdict{held, held, held}, true},
		"busy excuses no else": {[]figure{{name: "a.most", ours: 3, others: 1}, least(5), quiet(5, 0)}, []verdict{missed, held, held}, false},
		"no threshold":         {[]figure{most(2), least(5), quiet(5, 0), {name: "a.free"}}, []verdict{held, held, held, reported}, true},
	} {
		rows, ok, err := judge(test.figures, limits, ran)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var got []verdict
		for _, r := range rows {
			got = append(got, r.verdict)
		}
		if !slices.Equal(got, test.want) || ok != test.ok {
			t.Errorf("%s: %q %v, want %q %v", name, got, ok, test.want, test.ok)
		}
	}
	if _, _, err := judge([]figure{most(1)}, limits, ran); err == nil || !strings.Contains(err.Error(), "a.least") {
		t.Errorf("what was not measured passes: %v", err)
	}
}

func TestChoose(t *testing.T) {
	all, err := choose("")
	if err != nil || len(all) != len(sections) {
		t.Errorf("%d sections, %v", len(all), err)
	}
	two, err := choose("receive,import")
	if err != nil || len(two) != 2 || two[0].name != "receive" {
		t.Errorf("got %v, %v; want them in the order in which they run", two, err)
	}
	if _, err := choose("imports"); err == nil || !strings.Contains(err.Error(), "webhooks") {
		t.Errorf("an unknown section: %v", err)
	}
}
