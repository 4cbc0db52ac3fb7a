// Package openapi describes an API in OpenAPI 3.1, from the Go types of its requests
// and responses.
package openapi

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"github.com/wasession/wasession/runtime/httpapi/bind"
)

// Schema is a JSON schema.
type Schema map[string]any

// Schemas collects the named types of a document.
type Schemas map[string]Schema

var (
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	rawMessage      = reflect.TypeFor[json.RawMessage]()
)

// Of returns the schema of a Go type as encoding/json encodes it.
func (s Schemas) Of(t reflect.Type) Schema {
	if t == rawMessage || t.Kind() == reflect.Interface {
		return Schema{}
	}
	if t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(textUnmarshaler) {
		return Schema{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return nullable(s.Of(t.Elem()))
	case reflect.Bool:
		return Schema{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return Schema{"type": "integer"}
	case reflect.Float64:
		return Schema{"type": "number"}
	case reflect.Slice:
		return Schema{"type": "array", "items": s.Of(t.Elem())}
	case reflect.Func:
		// A list written row by row: func(yield func(T, error) bool).
		return Schema{"type": "array", "items": s.Of(t.In(0).In(0))}
	case reflect.Map:
		return Schema{"type": "object", "additionalProperties": s.Of(t.Elem())}
	case reflect.Struct:
		return s.object(t)
	}
	return Schema{"type": "string"}
}

// object is the schema of a struct: a reference if the type has a name.
func (s Schemas) object(t reflect.Type) Schema {
	name := title(t.Name())
	if name == "" {
		return s.properties(t)
	}
	if _, known := s[name]; !known {
		s[name] = nil // ends recursion
		s[name] = s.properties(t)
	}
	return Schema{"$ref": "#/components/schemas/" + name}
}

func (s Schemas) properties(t reflect.Type) Schema {
	properties, required := Schema{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			embedded := s.properties(f.Type)
			for name, schema := range embedded["properties"].(Schema) {
				properties[name] = schema
			}
			if r, ok := embedded["required"].([]string); ok {
				required = append(required, r...)
			}
			continue
		}
		name, ok := bind.JSONName(f)
		if !ok {
			continue
		}
		rule := bind.NewRule(f)
		properties[name] = exemplified(ruled(s.Of(f.Type), rule), name)
		if rule.Required {
			required = append(required, name)
		}
	}
	schema := Schema{"type": "object", "properties": properties}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

// ruled adds a field's constraints to its schema.
func ruled(schema Schema, r bind.Rule) Schema {
	lower, upper := "minLength", "maxLength"
	kind, _ := schema["type"].(string)
	if types, ok := schema["type"].([]string); ok {
		kind = types[0]
	}
	switch kind {
	case "integer", "number":
		lower, upper = "minimum", "maximum"
	case "array":
		lower, upper = "minItems", "maxItems"
	}
	if r.Min != nil {
		schema[lower] = *r.Min
	}
	if r.Max != nil {
		schema[upper] = *r.Max
	}
	if len(r.Enum) > 0 {
		words := make([]any, len(r.Enum))
		for i, w := range r.Enum {
			words[i] = literal(kind, w)
		}
		schema["enum"] = words
	}
	if r.Default != "" {
		schema["default"] = literal(kind, r.Default)
	}
	if r.Doc != "" {
		schema["description"] = r.Doc
	}
	return schema
}

func nullable(schema Schema) Schema {
	if kind, ok := schema["type"].(string); ok {
		schema["type"] = []string{kind, "null"}
		return schema
	}
	return Schema{"anyOf": []Schema{schema, {"type": "null"}}}
}

// literal is a tag's text as a JSON value of the kind.
func literal(kind, text string) any {
	switch kind {
	case "integer":
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	case "boolean":
		return text == "true"
	}
	return text
}

// title is a type's name, capitalized and without type parameters.
func title(name string) string {
	name, _, _ = strings.Cut(name, "[")
	if name == "" {
		return ""
	}
	return string(unicode.ToUpper(rune(name[0]))) + name[1:]
}
