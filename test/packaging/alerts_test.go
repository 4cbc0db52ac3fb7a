package packaging

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
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
	var source strings.Builder
	for _, folder := range []string{"controllers", "runtime", "gateway"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			source.Write(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	seen := 0
	for _, alert := range alerts(t) {
		for _, name := range regexp.MustCompile(`wasession_[a-z_]+`).FindAllString(alert.Expr, -1) {
			seen++
			if !strings.Contains(source.String(), `"`+name+`"`) && !strings.Contains(source.String(), `"`+strings.TrimPrefix(name, "wasession_")+`"`) {
				t.Errorf("%s is about %s, which nothing exports", alert.Alert, name)
			}
		}
		for _, name := range regexp.MustCompile(`(controller_runtime|workqueue)_[a-z_]+`).FindAllString(alert.Expr, -1) {
			seen++
			if !slices.Contains([]string{"controller_runtime_active_workers", "controller_runtime_reconcile_errors_total", "controller_runtime_reconcile_panics_total", "workqueue_depth"}, name) {
				t.Errorf("%s is about %s: is it one of controller-runtime's?", alert.Alert, name)
			}
		}
	}
	if seen < 14 {
		t.Errorf("only %d metrics were found", seen)
	}
}
