package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// row is a row of the dashboard with the panels below its title.
type row struct {
	Title  string
	Panels []*panel
}

// slug is the row's title in the name of a file.
func (r row) slug() string {
	title, _, _ := strings.Cut(r.Title, " of ")
	return strings.ReplaceAll(strings.ToLower(title), " ", "-")
}

// panel is a panel as Grafana's file has it, with the lines that were answered.
type panel struct {
	Title       string
	Type        string
	GridPos     grid
	Panels      []*panel
	FieldConfig struct {
		Defaults struct {
			Unit       string
			NoValue    string
			Min        *float64
			Thresholds struct{ Steps []threshold }
			Mappings   []struct {
				Options map[string]struct{ Color string }
			}
			Custom struct {
				Stacking struct{ Mode string }
			}
		}
	}
	Transformations []struct {
		Options struct {
			IndexByName map[string]int
		}
	}
	lines []line
}

// grid is a place on the dashboard, which is 24 columns wide.
type grid struct{ X, Y, W, H int }

// threshold is a color from a value on. The first has no value.
type threshold struct {
	Color string
	Value *float64
}

// readDashboard reads the rows of a dashboard. Panels follow their row in the file, or are
// inside of it where it is collapsed.
func readDashboard(file []byte) ([]row, error) {
	var dashboard struct{ Panels []*panel }
	if err := json.Unmarshal(file, &dashboard); err != nil {
		return nil, err
	}
	var rows []row
	for _, p := range dashboard.Panels {
		switch {
		case p.Type == "row":
			rows = append(rows, row{Title: fillIn(p.Title), Panels: p.Panels})
		case len(rows) == 0:
			return nil, fmt.Errorf("the panel %q comes before the first row", p.Title)
		default:
			rows[len(rows)-1].Panels = append(rows[len(rows)-1].Panels, p)
		}
	}
	if len(rows) == 0 {
		return nil, errors.New("no rows")
	}
	for _, r := range rows {
		if len(r.Panels) == 0 {
			return nil, fmt.Errorf("the row %q has no panels", r.Title)
		}
	}
	return rows, nil
}

var variable = regexp.MustCompile(`\$\w+`)

// fillIn writes what Grafana shows for a variable of which everything is chosen.
func fillIn(title string) string { return variable.ReplaceAllString(title, "All") }
