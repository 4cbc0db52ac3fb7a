package prometheus

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Panel is a panel of a dashboard with its queries, whose variables are filled in.
type Panel struct {
	Title string
	// Kind is timeseries, stat, table or another kind that Grafana has.
	Kind string
	// Unit is what the values are in, in Grafana's words.
	Unit    string
	Queries []Query
	// X, Y, Width and Height are the panel's place on a grid of 24 columns.
	X, Y, Width, Height int
	// Lines are what the queries have answered.
	Lines []Line
}

// Line is a series with its name in the legend.
type Line struct {
	Name   string
	Labels map[string]string
	Points []Point
}

// Query is a query of a panel. Legend names its series, with labels in {{braces}}.
type Query struct {
	Expr, Legend string
}

// panel is a panel of a dashboard's file, or a row with panels in it.
type panel struct {
	Title       string
	Type        string
	Panels      []panel
	GridPos     struct{ X, Y, W, H int }
	FieldConfig struct {
		Defaults struct{ Unit string }
	}
	Targets []struct {
		Expr, LegendFormat string
	}
}

// Panels reads the file of a dashboard, with all values of its variables chosen.
func Panels(file []byte, window time.Duration) ([]Panel, error) {
	dashboard := struct {
		Panels     []panel
		Templating struct {
			List []struct{ Name, AllValue string }
		}
	}{}
	if err := json.Unmarshal(file, &dashboard); err != nil {
		return nil, fmt.Errorf("dashboard: %w", err)
	}
	values := map[string]string{}
	for _, variable := range dashboard.Templating.List {
		values[variable.Name] = cmp.Or(variable.AllValue, ".*")
	}
	for _, name := range []string{"__rate_interval", "__interval", "__range"} {
		values[name] = fmt.Sprintf("%ds", int(window.Seconds()))
	}
	all, err := flatten(dashboard.Panels, values)
	if err == nil && len(all) == 0 {
		err = errors.New("dashboard: it has no queries")
	}
	return all, err
}

func flatten(panels []panel, values map[string]string) ([]Panel, error) {
	var all []Panel
	for _, p := range panels {
		inner, err := flatten(p.Panels, values)
		if err != nil {
			return nil, err
		}
		all = append(all, inner...)
		if len(p.Targets) == 0 {
			continue
		}
		one := Panel{
			Title: p.Title, Kind: p.Type, Unit: p.FieldConfig.Defaults.Unit,
			X: p.GridPos.X, Y: p.GridPos.Y, Width: p.GridPos.W, Height: p.GridPos.H,
		}
		for _, target := range p.Targets {
			expr, err := fillIn(target.Expr, values)
			if err != nil {
				return nil, fmt.Errorf("panel %s: %w", p.Title, err)
			}
			one.Queries = append(one.Queries, Query{expr, target.LegendFormat})
		}
		all = append(all, one)
	}
	return all, nil
}

// variable is $name, ${name} or ${name:format}.
var variable = regexp.MustCompile(`\$(\w+)|\$\{(\w+)(?::\w+)?\}`)

func fillIn(expr string, values map[string]string) (filled string, err error) {
	filled = variable.ReplaceAllStringFunc(expr, func(text string) string {
		name := strings.Trim(strings.SplitN(strings.TrimPrefix(text, "$"), ":", 2)[0], "{}")
		value, ok := values[name]
		if !ok {
			err = fmt.Errorf("the variable %s is not defined", name)
		}
		return value
	})
	return filled, err
}

// label is {{name}} in a legend.
var label = regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`)

// Name is what the legend calls a series.
func (q Query) Name(labels map[string]string) string {
	if q.Legend == "" || q.Legend == "__auto" {
		var values []string
		for _, name := range slices.Sorted(maps.Keys(labels)) {
			values = append(values, labels[name])
		}
		return strings.Join(values, " ")
	}
	return label.ReplaceAllStringFunc(q.Legend, func(text string) string {
		return labels[label.FindStringSubmatch(text)[1]]
	})
}

// Found says whether an answer has anything that Prometheus has read: a query that ends in
// "or vector(0)" is answered with 0 where there is nothing.
func (q Query) Found(answer []Series) bool {
	if !strings.HasSuffix(q.Expr, " or vector(0)") {
		return len(answer) > 0
	}
	return slices.ContainsFunc(answer, func(s Series) bool {
		return slices.ContainsFunc(s.Points, func(p Point) bool { return p.Value != 0 })
	})
}
