package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/wasession/wasession/test/perf/figures"
)

func TestTheShippedThresholdsBelongToSections(t *testing.T) {
	limits, err := figures.Parse(thresholdsFile)
	if err != nil {
		t.Fatal(err)
	}
	if len(limits) == 0 {
		t.Fatal("no thresholds")
	}
	for _, limit := range limits {
		if !slices.ContainsFunc(sections, func(s section) bool { return s.name == limit.Section() }) {
			t.Errorf("%s is of no section", limit.Figure)
		}
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

func TestMisplaced(t *testing.T) {
	want := []string{"a", "b", "c"}
	for _, test := range []struct {
		got  []string
		want int
	}{
		{want, 0},
		{[]string{"a", "c", "b"}, 2},
		{[]string{"a", "b"}, 1},
		{[]string{"a", "b", "c", "c"}, 1},
		{nil, 3},
	} {
		if got := misplaced(test.got, want); got != test.want {
			t.Errorf("%v: %d, want %d", test.got, got, test.want)
		}
	}
}
