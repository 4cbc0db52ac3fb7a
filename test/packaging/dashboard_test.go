package packaging

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// dashboard is what the tests read of Grafana's format.
type dashboard struct {
	Panels []struct {
		ID      int
		Type    string
		Title   string
		GridPos struct{ H, W, X, Y int }
		Targets []struct{ Expr, LegendFormat string }
	}
	Templating struct {
		List []struct{ Name, Type, Definition, AllValue string }
	}
}

func grafanaDashboard(t *testing.T) dashboard {
	t.Helper()
	var d dashboard
	if err := json.Unmarshal(read(t, "config", "grafana", "grafana-dashboard.json"), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

var (
	grafanaVariable = regexp.MustCompile(`\$\{?(\w+)\}?`)
	legendLabel     = regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`)
	labelValues     = regexp.MustCompile(`^label_values\((.+), (\w+)\)$`)
)

// Every panel asks for metrics and labels that there are, and shows labels that its
// query keeps.
func TestTheDashboardShowsWhatIsExported(t *testing.T) {
	d := grafanaDashboard(t)
	known := []string{"__rate_interval", "datasource"}
	var queries []string
	for _, variable := range d.Templating.List {
		known = append(known, variable.Name)
		if variable.Type == "query" {
			parts := labelValues.FindStringSubmatch(variable.Definition)
			if parts == nil {
				t.Fatalf("the variable %s is %s", variable.Name, variable.Definition)
			}
			queries = append(queries, "group by ("+parts[2]+") ("+parts[1]+")")
		}
	}
	for _, panel := range d.Panels {
		for _, target := range panel.Targets {
			queries = append(queries, target.Expr)
			for _, label := range legendLabel.FindAllStringSubmatch(target.LegendFormat, -1) {
				if !regexp.MustCompile(`(by|on) \([^)]*\b` + label[1] + `\b`).MatchString(target.Expr) {
					t.Errorf("%s: the legend shows the label %s, which the query does not keep", panel.Title, label[1])
				}
			}
		}
		if panel.Type != "row" && len(panel.Targets) == 0 {
			t.Errorf("%s asks for nothing", panel.Title)
		}
	}
	for i, query := range queries {
		for _, name := range grafanaVariable.FindAllStringSubmatch(query, -1) {
			if !slices.Contains(known, name[1]) {
				t.Errorf("%s: there is no variable %s", query, name[1])
			}
		}
		queries[i] = grafanaVariable.ReplaceAllString(strings.ReplaceAll(query, "$__rate_interval", "5m"), ".*")
	}
	wantExported(t, queries)
}

// A stat shows the last value of its time: where the sessions that it counts are gone, that
// must be 0. And what is not of a session has no such label, which ".*" would match.
func TestTheDashboardCountsOnlyWhatThereIs(t *testing.T) {
	d := grafanaDashboard(t)
	for _, panel := range d.Panels {
		for _, target := range panel.Targets {
			if panel.Type == "stat" && !strings.HasSuffix(target.Expr, " or vector(0)") {
				t.Errorf("%s keeps its last value when there are no series: %s", panel.Title, target.Expr)
			}
		}
	}
	for _, variable := range d.Templating.List {
		if variable.Type == "query" && variable.AllValue != ".+" {
			t.Errorf("all of %s is %q, which matches series without the label", variable.Name, variable.AllValue)
		}
	}
}

// Grafana draws panels that overlap, and panels with the same id, over each other.
func TestPanelsDoNotOverlap(t *testing.T) {
	ids, taken := map[int]string{}, map[[2]int]string{}
	for _, panel := range grafanaDashboard(t).Panels {
		if other, twice := ids[panel.ID]; twice {
			t.Errorf("%s and %s have the id %d", other, panel.Title, panel.ID)
		}
		ids[panel.ID] = panel.Title
		at := panel.GridPos
		if at.X+at.W > 24 {
			t.Errorf("%s is wider than the page", panel.Title)
		}
		for x := at.X; x < at.X+at.W; x++ {
			for y := at.Y; y < at.Y+at.H; y++ {
				if other, full := taken[[2]int{x, y}]; full {
					t.Fatalf("%s is drawn over %s", panel.Title, other)
				}
				taken[[2]int{x, y}] = panel.Title
			}
		}
	}
}

// The chart and the kustomize folder install the same dashboard, where the sidecar of
// Grafana's chart finds it.
func TestTheDashboardIsInstalled(t *testing.T) {
	want := strings.TrimSpace(string(read(t, "config", "grafana", "grafana-dashboard.json")))
	for way, c := range map[string]struct {
		args      []string
		namespace string
		labels    map[string]string
	}{
		"kustomize": {[]string{"kustomize", "config/grafana"}, "wasession-system", map[string]string{"grafana_dashboard": "1"}},
		"helm":      {[]string{"helm", "charts/wasession", "-set", "metrics.dashboard.enabled=true"}, "wasession-system", map[string]string{"grafana_dashboard": "1"}},
		"helm, elsewhere": {[]string{"helm", "charts/wasession", "-set", "metrics.dashboard.enabled=true,metrics.dashboard.namespace=monitoring,metrics.dashboard.labels.team=chat"},
			"monitoring", map[string]string{"grafana_dashboard": "1", "team": "chat"}},
	} {
		t.Run(way, func(t *testing.T) {
			object := render(t, c.args...).one(t, "ConfigMap", "wasession-grafana-dashboard")
			wantApplicable(t, objects{object})
			configMap := into[corev1.ConfigMap](t, object)
			if got := strings.TrimSpace(configMap.Data["wasession.json"]); got != want {
				t.Errorf("the dashboard is %q", got)
			}
			if configMap.Namespace != c.namespace || !selects(c.labels, configMap.Labels) {
				t.Errorf("it is in %s with the labels %v", configMap.Namespace, configMap.Labels)
			}
		})
	}
}
