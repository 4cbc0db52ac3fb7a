// Package metricdocs holds docs/reference/metrics.md to what is really exported.
package metricdocs

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

var update = flag.Bool("update-metrics", false, "write the section into docs/reference/metrics.md")

var (
	description = regexp.MustCompile(`fqName: "([^"]*)", help: "(.*?)", (?:unit: "[^"]*", )?constLabels: .*variableLabels: \{([^}]*)\}`)
	row         = regexp.MustCompile("^\\| `(\\w+)` \\| ([^|]*) \\|")
)

// Check fails unless the page's section has exactly the metrics of a collector, such
// as a registry.
func Check(t *testing.T, section string, collector prometheus.Collector) {
	t.Helper()
	page := path()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	heading := "\n## " + section + "\n"
	before, rest, found := strings.Cut(string(text), heading)
	if !found {
		t.Fatalf("%s has no section %q", page, section)
	}
	table := regexp.MustCompile(`(?m)^(\|.*\n)*`).FindString(rest[strings.Index(rest, "|"):])
	want := tableOf(collector)
	if table == want {
		return
	}
	if !*update {
		t.Fatalf("the section %q of docs/reference/metrics.md is\n%s\nbut the metrics are\n%s\nrun this test with -update-metrics", section, table, want)
	}
	if err := os.WriteFile(page, []byte(before+heading+strings.Replace(rest, table, want, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Labels are the labels of the page's metrics, by the metric's name.
func Labels() (map[string][]string, error) {
	text, err := os.ReadFile(path())
	if err != nil {
		return nil, err
	}
	metrics := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		if cells := row.FindStringSubmatch(line); cells != nil {
			metrics[cells[1]] = strings.FieldsFunc(cells[2], func(r rune) bool { return strings.ContainsRune("`, ", r) })
		}
	}
	return metrics, nil
}

// Described are the labels of a collector's metrics, by the metric's name.
func Described(collector prometheus.Collector) map[string][]string {
	metrics := map[string][]string{}
	for _, d := range descriptions(collector) {
		metrics[d[1]] = split(d[3])
	}
	return metrics
}

func tableOf(collector prometheus.Collector) string {
	var rows []string
	for _, d := range descriptions(collector) {
		var labels []string
		for _, label := range split(d[3]) {
			labels = append(labels, "`"+label+"`")
		}
		rows = append(rows, "| `"+d[1]+"` | "+strings.Join(labels, ", ")+" | "+strings.ReplaceAll(d[2], "|", "\\|")+" |\n")
	}
	slices.Sort(rows)
	return "| Metric | Labels | Meaning |\n| --- | --- | --- |\n" + strings.Join(rows, "")
}

func split(labels string) []string {
	return strings.FieldsFunc(labels, func(r rune) bool { return r == ',' })
}

// descriptions are the parts of each description, which the client library only
// prints.
func descriptions(collector prometheus.Collector) (all [][]string) {
	described := make(chan *prometheus.Desc)
	go func() {
		collector.Describe(described)
		close(described)
	}()
	for d := range described {
		all = append(all, description.FindStringSubmatch(d.String()))
	}
	return all
}

func path() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "docs", "reference", "metrics.md")
}
