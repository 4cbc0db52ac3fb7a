package prometheus

import (
	"reflect"
	"testing"
	"time"
)

func TestPanelsOfADashboard(t *testing.T) {
	panels, err := Panels([]byte(`{
		"templating": {"list": [{"name": "namespace"}, {"name": "session", "allValue": ".+"}]},
		"panels": [
			{"type": "row", "title": "Row", "panels": [
				{"type": "stat", "title": "Inside", "targets": [{"expr": "sum(up)"}]}
			]},
			{"type": "timeseries", "title": "Rate", "gridPos": {"x": 1, "y": 2, "w": 3, "h": 4},
			 "fieldConfig": {"defaults": {"unit": "ops"}},
			 "targets": [{"expr": "rate(a{namespace=~\"$namespace\"}[$__rate_interval]) + ${namespace:regex} + ${session}", "legendFormat": "{{pod}}/{{ container }}"}]}
		]}`), 30*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	want := []Panel{
		{Title: "Inside", Kind: "stat", Queries: []Query{{Expr: "sum(up)"}}},
		{Title: "Rate", Kind: "timeseries", Unit: "ops", X: 1, Y: 2, Width: 3, Height: 4, Queries: []Query{{`rate(a{namespace=~".*"}[30s]) + .* + .+`, "{{pod}}/{{ container }}"}}},
	}
	if !reflect.DeepEqual(panels, want) {
		t.Errorf("panels %+v\nwant %+v", panels, want)
	}
	if name := panels[1].Queries[0].Name(map[string]string{"pod": "a", "container": "b"}); name != "a/b" {
		t.Errorf("legend %q", name)
	}
}

// What a query adds itself was not found.
func TestWhatAQueryFinds(t *testing.T) {
	zero, one := []Series{{Points: []Point{{0, 0}, {15, 0}}}}, []Series{{Points: []Point{{0, 0}, {15, 1}}}}
	for _, c := range []struct {
		expr   string
		answer []Series
		want   bool
	}{
		{"sum(a)", nil, false}, {"sum(a)", zero, true}, {"sum(a)", one, true},
		{"sum(a) or vector(0)", nil, false}, {"sum(a) or vector(0)", zero, false}, {"sum(a) or vector(0)", one, true},
	} {
		if got := (Query{Expr: c.expr}).Found(c.answer); got != c.want {
			t.Errorf("%s finds something in %v: %v", c.expr, c.answer, got)
		}
	}
}

func TestADashboardThatCannotBeAsked(t *testing.T) {
	for name, file := range map[string]string{
		"an unknown variable": `{"panels": [{"title": "a", "targets": [{"expr": "up{pod=\"$pod\"}"}]}]}`,
		"no panels":           `{"panels": []}`,
		"no JSON":             `{`,
	} {
		if _, err := Panels([]byte(file), time.Minute); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
