package openapi

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wasession/wasession/runtime/httpapi/bind"
)

// Operation is one route.
type Operation struct {
	Method, Path, Tag, Summary string
	// Open is true for public routes. Action is what the key of others must allow.
	Open   bool
	Action string
	Status int
	In     bind.Plan
	// Out are the types of JSON responses; MIMEType is another format, or empty.
	Out      []reflect.Type
	MIMEType string
	// Errors maps error statuses to their meaning.
	Errors map[int]string
	// Lacking says why the call always fails with Status; empty for others.
	Lacking string
}

// Info is the info object of the document.
type Info struct {
	Title, Version, Description string
	// Session is the name of the only session, which examples then have.
	Session string
}

// KeySchemes are the headers and query parameters that can carry a key.
type KeySchemes struct{ Headers, Queries []string }

// Document returns the whole document, ready to marshal.
func Document(info Info, keys KeySchemes, operations []Operation) map[string]any {
	schemas := Schemas{}
	paths := map[string]map[string]any{}
	for _, o := range operations {
		if paths[o.Path] == nil {
			paths[o.Path] = map[string]any{}
		}
		paths[o.Path][strings.ToLower(o.Method)] = schemas.operation(o, info.Session)
	}
	schemes, either := map[string]any{}, []any{}
	for in, names := range map[string][]string{"header": keys.Headers, "query": keys.Queries} {
		for _, name := range names {
			id := in + "_" + name
			schemes[id] = map[string]any{"type": "apiKey", "in": in, "name": name, "description": "The API key. One of these places is enough."}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(schemes)) {
		either = append(either, map[string]any{id: []string{}})
	}
	return map[string]any{
		"openapi":    "3.1.0",
		"info":       map[string]any{"title": info.Title, "version": info.Version, "description": info.Description},
		"tags":       tags(operations),
		"security":   either,
		"paths":      paths,
		"components": map[string]any{"schemas": schemas, "securitySchemes": schemes},
	}
}

// tags lists the tags in the order of their first operation.
func tags(operations []Operation) (all []map[string]string) {
	seen := map[string]bool{}
	for _, o := range operations {
		if !seen[o.Tag] {
			seen[o.Tag] = true
			all = append(all, map[string]string{"name": o.Tag})
		}
	}
	return all
}

func (s Schemas) operation(o Operation, session string) map[string]any {
	op := map[string]any{
		"operationId": operationID(o),
		"summary":     o.Summary,
		"tags":        []string{o.Tag},
		"responses":   s.responses(o),
	}
	if o.Lacking != "" {
		op["description"], op["x-wasession-lacking"] = o.Lacking, true
	}
	if o.Open {
		op["security"] = []any{}
	} else {
		op["x-wasession-action"] = o.Action
	}
	if params := s.parameters(o, session); len(params) > 0 {
		op["parameters"] = params
	}
	if o.In.Body != nil {
		body := map[string]any{"schema": s.Of(o.In.Body.Type)}
		if example := bodyExample(o, session); example != nil {
			body["example"] = example
		}
		op["requestBody"] = map[string]any{"content": map[string]any{"application/json": body}}
	}
	return op
}

func (s Schemas) parameters(o Operation, session string) (all []any) {
	described := map[string]bool{}
	for _, p := range o.In.Params {
		described[p.Name] = p.In == "path"
		all = append(all, withExample(s.parameter(p), session))
	}
	for _, name := range PathParams(o.Path) {
		if !described[name] {
			all = append(all, withExample(map[string]any{
				"name": name, "in": "path", "required": true, "schema": Schema{"type": "string"},
			}, session))
		}
	}
	return all
}

func (s Schemas) parameter(p bind.Param) map[string]any {
	t := p.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	schema := ruled(s.Of(t), p.Rule)
	delete(schema, "description")
	param := map[string]any{
		"name": p.Name, "in": p.In, "schema": schema,
		"required": p.In == "path" || p.Rule.Required,
	}
	if p.Rule.Doc != "" {
		param["description"] = p.Rule.Doc
	}
	return param
}

func (s Schemas) responses(o Operation) map[string]any {
	answer := map[string]any{}
	switch len(o.Out) {
	case 0:
	case 1:
		answer["application/json"] = map[string]any{"schema": s.Of(o.Out[0])}
	default:
		var either []Schema
		for _, t := range o.Out {
			either = append(either, s.Of(t))
		}
		answer["application/json"] = map[string]any{"schema": Schema{"oneOf": either}}
	}
	if o.MIMEType != "" {
		answer[o.MIMEType] = map[string]any{"schema": Schema{}}
	}
	responses := map[string]any{strconv.Itoa(o.Status): map[string]any{"description": "done", "content": answer}}
	for status, meaning := range o.Errors {
		responses[strconv.Itoa(status)] = map[string]any{"description": meaning}
	}
	return responses
}

var pathParam = regexp.MustCompile(`\{([a-zA-Z]+)\}`)

// PathParams returns the parameter names in a path.
func PathParams(path string) (names []string) {
	for _, m := range pathParam.FindAllStringSubmatch(path, -1) {
		names = append(names, m[1])
	}
	return names
}

// operationID is the method and path in letters and digits.
func operationID(o Operation) string {
	words := strings.FieldsFunc(o.Path, func(r rune) bool { return strings.ContainsRune("/{}-.", r) })
	id := strings.ToLower(o.Method)
	for _, w := range words {
		id += title(w)
	}
	return id
}
