package packaging

import (
	"path"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// rule is an alert as Prometheus reads it.
type rule struct {
	Alert, Expr string
	Annotations map[string]string
}

func alerts(t *testing.T) []rule {
	t.Helper()
	var rules struct {
		Spec struct {
			Groups []struct{ Rules []rule }
		}
	}
	if err := yaml.Unmarshal(read(t, "config", "prometheus", "rules.yaml"), &rules); err != nil {
		t.Fatal(err)
	}
	var all []rule
	for _, group := range rules.Spec.Groups {
		all = append(all, group.Rules...)
	}
	return all
}

// Whoever is woken by an alert finds a page that says what to do, and no page is left
// from an alert that there is no more.
func TestEveryAlertHasARunbook(t *testing.T) {
	pages := map[string]bool{}
	files, err := filepath.Glob(filepath.Join(root, "docs", "runbooks", "Wasession*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		pages[filepath.Base(file)] = true
	}
	index, tests := string(read(t, "docs", "runbooks", "README.md")), string(read(t, "config", "prometheus", "rules_test.yaml"))
	for _, alert := range alerts(t) {
		page := path.Base(alert.Annotations["runbook_url"])
		if page != alert.Alert+".md" || !pages[page] {
			t.Errorf("%s leads to %q: write docs/runbooks/%s.md", alert.Alert, alert.Annotations["runbook_url"], alert.Alert)
			continue
		}
		delete(pages, page)
		text := string(read(t, "docs", "runbooks", page))
		if !strings.HasPrefix(text, "# "+alert.Alert+": ") || !strings.Contains(text, "\n## What to do\n") {
			t.Errorf("%s does not say what to do", page)
		}
		if !strings.Contains(index, "]("+page+")") {
			t.Errorf("docs/runbooks/README.md lacks %s", page)
		}
		if !strings.Contains(tests, `alertname="`+alert.Alert+`"`) {
			t.Errorf("config/prometheus/rules_test.yaml does not raise %s", alert.Alert)
		}
	}
	for page := range pages {
		t.Errorf("docs/runbooks/%s belongs to no alert", page)
	}
}

// An alert on a metric that there is not is never raised.
func TestAlertsAreAboutMetricsThatThereAre(t *testing.T) {
	var queries []string
	for _, alert := range alerts(t) {
		queries = append(queries, alert.Expr)
	}
	wantExported(t, queries)
}
