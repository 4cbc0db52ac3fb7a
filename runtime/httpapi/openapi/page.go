package openapi

import (
	_ "embed"
	"fmt"
	"html"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/wasession/wasession/runtime/httpapi/bind"
)

//go:embed page.css
var pageStyle string

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
	var p page
	p.head(info, keys, groups)
	for _, g := range groups {
		p.add(`<h2 id="%s">%s</h2>`+"\n", g.Tag, g.Tag)
		for _, o := range g.Operations {
			p.operation(o)
		}
	}
	p.add("</body>\n</html>\n")
	_, err := io.WriteString(w, p.String())
	return err
}

// page is HTML. It is written here and not by html/template, which finds methods by
// name: the linker would have to keep all methods of all types, a quarter of the binary.
type page struct{ strings.Builder }

// add adds markup with texts in it, which are escaped.
func (p *page) add(markup string, texts ...any) {
	escaped := make([]any, len(texts))
	for i, text := range texts {
		escaped[i] = html.EscapeString(fmt.Sprint(text))
	}
	fmt.Fprintf(p, markup, escaped...)
}

func (p *page) head(info Info, keys KeySchemes, groups []group) {
	p.add(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<style>
`, info.Title)
	p.WriteString(pageStyle)
	p.add(`</style>
</head>
<body>
<h1>%s</h1>
<p>%s Version %s. The same in OpenAPI 3.1: <a href="openapi.json">openapi.json</a>.</p>
`, info.Title, info.Description, info.Version)
	p.add("<p>Send the API key as a header (")
	p.codes(keys.Headers)
	p.add(") or in the query (")
	p.codes(keys.Queries)
	p.add(").</p>\n<nav>")
	for _, g := range groups {
		p.add(`<a href="#%s">%s</a>`, g.Tag, g.Tag)
	}
	p.add("</nav>\n")
}

func (p *page) codes(names []string) {
	for _, name := range names {
		p.add("<code>%s</code> ", name)
	}
}

func (p *page) operation(o Operation) {
	p.add("<details>\n"+`<summary><code><span class="method">%s</span>%s</code> <span>%s</span></summary>`+"\n", o.Method, o.Path, o.Summary)
	if params := allParams(o); len(params) > 0 {
		p.add("<table>\n<tr><th>name</th><th>in</th><th>default</th><th>values</th><th></th></tr>\n")
		for _, r := range params {
			p.row(r)
		}
		p.add("</table>\n")
	}
	p.add("<p>Answers %s", o.Status)
	if o.MIMEType != "" {
		p.add(" %s", o.MIMEType)
	}
	for _, status := range slices.Sorted(maps.Keys(o.Errors)) {
		p.add("; %s: %s", status, o.Errors[status])
	}
	p.add(".")
	if o.Open {
		p.add(" Needs no key.")
	}
	p.add("</p>\n</details>\n")
}

func (p *page) row(r row) {
	p.add("<tr><td><code>%s</code>", r.Name)
	if r.Rule.Required {
		p.add(" (needed)")
	}
	p.add("</td><td>%s</td><td>%s</td><td>%s", r.In, r.Rule.Default, strings.Join(r.Rule.Enum, ", "))
	if r.Rule.Min != nil {
		p.add(" from %s", *r.Rule.Min)
	}
	if r.Rule.Max != nil {
		p.add(" to %s", *r.Rule.Max)
	}
	p.add("</td><td>%s</td></tr>\n", r.Rule.Doc)
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
