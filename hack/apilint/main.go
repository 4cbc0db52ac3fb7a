// Command apilint checks the Go types of the API against Kubernetes' conventions
// for APIs, with kube-api-linter. Its configuration names the rules that are
// declined, and the fields that are excused from the others, each with a reason.
//
//	apilint CONFIG PACKAGE...
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/kube-api-linter/pkg/analysis/registry"
	"sigs.k8s.io/kube-api-linter/pkg/config"
	_ "sigs.k8s.io/kube-api-linter/pkg/registration" // registers the rules
	"sigs.k8s.io/kube-api-linter/pkg/validation"
	"sigs.k8s.io/yaml"
)

// declined is a rule that is not applied.
type declined struct {
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
}

// excused is a finding that stands, by a part of its text.
type excused struct {
	Rule   string `json:"rule"`
	Text   string `json:"text"`
	Reason string `json:"reason"`
}

type settings struct {
	Declined []declined `json:"declined"`
	Excused  []excused  `json:"excused"`
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: apilint CONFIG PACKAGE...")
		os.Exit(2)
	}
	findings, err := run(os.Args[1], os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "apilint:", err)
		os.Exit(2)
	}
	for _, finding := range findings {
		fmt.Println(finding)
	}
	if len(findings) > 0 {
		os.Exit(1)
	}
}

// run returns the findings that are not excused, and the excuses that excuse
// nothing.
func run(file string, patterns []string) ([]string, error) {
	s, err := read(file)
	if err != nil {
		return nil, err
	}
	analyzers, err := rules(s)
	if err != nil {
		return nil, err
	}
	loaded, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax}, patterns...)
	if err != nil {
		return nil, err
	}
	if packages.PrintErrors(loaded) > 0 {
		return nil, errors.New("the packages do not compile")
	}
	graph, err := checker.Analyze(analyzers, loaded, nil)
	if err != nil {
		return nil, err
	}
	return judge(s, graph)
}

func read(file string) (settings, error) {
	var s settings
	raw, err := os.ReadFile(file)
	if err != nil {
		return s, err
	}
	if err := yaml.UnmarshalStrict(bytes.TrimSpace(raw), &s); err != nil {
		return s, fmt.Errorf("%s: %w", file, err)
	}
	for _, d := range s.Declined {
		if d.Rule == "" || d.Reason == "" {
			return s, fmt.Errorf("%s: %+v needs a rule and a reason", file, d)
		}
	}
	for _, e := range s.Excused {
		if e.Rule == "" || e.Text == "" || e.Reason == "" {
			return s, fmt.Errorf("%s: %+v needs a rule, a text and a reason", file, e)
		}
	}
	return s, nil
}

// rules returns all rules but those that are declined.
func rules(s settings) ([]*analysis.Analyzer, error) {
	known := registry.DefaultRegistry().AllLinters()
	linters := config.Linters{Disable: []string{config.Wildcard}}
	for _, d := range s.Declined {
		if !known.Has(d.Rule) {
			return nil, fmt.Errorf("there is no rule %s to decline", d.Rule)
		}
		known.Delete(d.Rule)
	}
	linters.Enable = known.UnsortedList()
	slices.Sort(linters.Enable)
	all := config.GolangCIConfig{Linters: linters}
	if err := validation.ValidateGolangCIConfig(all, field.NewPath("")); err != nil {
		return nil, err
	}
	return registry.DefaultRegistry().InitializeLinters(all.Linters, all.LintersConfig)
}

// judge takes out what is excused.
func judge(s settings, graph *checker.Graph) ([]string, error) {
	var findings []string
	used := make([]bool, len(s.Excused))
	for _, action := range graph.Roots {
		if action.Err != nil {
			return nil, fmt.Errorf("%s: %w", action.Analyzer.Name, action.Err)
		}
		for _, d := range action.Diagnostics {
			excuse := slices.IndexFunc(s.Excused, func(e excused) bool {
				return e.Rule == action.Analyzer.Name && strings.Contains(d.Message, e.Text)
			})
			if excuse >= 0 {
				used[excuse] = true
				continue
			}
			findings = append(findings, fmt.Sprintf("%s: %s: %s", action.Package.Fset.Position(d.Pos), action.Analyzer.Name, d.Message))
		}
	}
	for i, e := range s.Excused {
		if !used[i] {
			findings = append(findings, fmt.Sprintf("%s: %q excuses nothing: remove it", e.Rule, e.Text))
		}
	}
	slices.Sort(findings)
	return findings, nil
}
