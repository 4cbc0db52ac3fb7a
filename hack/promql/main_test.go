package main

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestWhatQueriesSelect(t *testing.T) {
	for text, want := range map[string][]selector{
		"up":                                       {{"up", []string{}}},
		`rate(sent_total{direction="out"}[5m])`:    {{"sent_total", []string{"direction"}}},
		"sum by (pod, namespace) (a) / b":          {{"a", []string{"namespace", "pod"}}, {"b", []string{}}},
		"sum without (pod) (a)":                    {{"a", []string{}}},
		"a * on (session) group_left (phone) b":    {{"a", []string{"session"}}, {"b", []string{"session"}}},
		"histogram_quantile(0.9, sum by (le) (h))": {{"h", []string{"le"}}},
	} {
		if got := parse(text); got.Error != "" || !reflect.DeepEqual(got.Selectors, want) {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}

func TestAnswersAreInTheOrderOfTheQueries(t *testing.T) {
	var out bytes.Buffer
	if err := run(strings.NewReader(`["up", "sum(", "down"]`), &out); err != nil {
		t.Fatal(err)
	}
	var answers []query
	if err := json.Unmarshal(out.Bytes(), &answers); err != nil {
		t.Fatal(err)
	}
	if len(answers) != 3 || answers[0].Selectors[0].Metric != "up" || answers[1].Error == "" || answers[2].Selectors[0].Metric != "down" {
		t.Errorf("answers are %+v", answers)
	}
	if err := run(strings.NewReader(`up`), &out); err == nil || !strings.Contains(err.Error(), "JSON list") {
		t.Errorf("no list is answered with %v", err)
	}
}
