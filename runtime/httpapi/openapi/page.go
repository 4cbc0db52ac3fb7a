package openapi

import (
	_ "embed"
	"html/template"
	"io"
	"maps"
	"slices"

	"github.com/wasession/wasession/runtime/httpapi/bind"
)

//go:embed page.html
var pageSource string

var page = template.Must(template.New("docs").Funcs(template.FuncMap{"params": allParams}).Parse(pageSource))

// PagePolicy is the page's Content-Security-Policy: only its inline style sheet.
const PagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

// group is the operations under one tag.
type group struct {
	Tag        string
	Operations []Operation
}

// WritePage writes the description as a self-contained HTML page.
func WritePage(w io.Writer, info Info, keys KeySchemes, operations []Operation) error {
	var groups []group
	for _, o := range operations {
		if len(groups) == 0 || groups[len(groups)-1].Tag != o.Tag {
			groups = append(groups, group{Tag: o.Tag})
		}
		last := &groups[len(groups)-1]
		last.Operations = append(last.Operations, o)
	}
	return page.Execute(w, map[string]any{"Info": info, "Keys": keys, "Groups": groups})
}

// row is a parameter or a member of the body on the page.
type row struct {
	Name, In string
	Rule     bind.Rule
}

func allParams(o Operation) (rows []row) {
	for _, p := range o.In.Params {
		rows = append(rows, row{p.Name, p.In, p.Rule})
	}
	if o.In.Body == nil {
		return rows
	}
	t := o.In.Body.Type
	for i := range t.NumField() {
		if name, ok := bind.JSONName(t.Field(i)); ok {
			rows = append(rows, row{name, "body", bind.NewRule(t.Field(i))})
		}
	}
	return rows
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
