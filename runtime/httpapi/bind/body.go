package bind

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
)

// errJSON is the error for a body that cannot be parsed.
var errJSON = errors.New("must be one JSON object")

// body sets the fields of a struct from a JSON object. An empty body counts as an
// empty object; unknown members are ignored, as in WAHA.
func (p *Problems) body(v reflect.Value, body []byte) {
	object, err := Object(body)
	if err != nil {
		p.add("body", "%v", err)
		return
	}
	p.object(v, "", object)
}

// Object reads a body that is one JSON object and nothing else; empty is {}.
func Object(body []byte) (map[string]any, error) {
	object := map[string]any{}
	if len(bytes.TrimSpace(body)) == 0 {
		return object, nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&object); err != nil || object == nil {
		return nil, errJSON
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errJSON
	}
	return object, nil
}

func (p *Problems) object(v reflect.Value, prefix string, object map[string]any) {
	t := v.Type()
	for i := range t.NumField() {
		if t.Field(i).Anonymous {
			p.object(v.Field(i), prefix, object)
			continue
		}
		field, ok := JSONName(t.Field(i))
		if !ok {
			continue
		}
		rule, value := NewRule(t.Field(i)), object[field]
		name := prefix + field
		switch {
		case value != nil:
			p.value(v.Field(i), name, value, rule)
		case rule.Required:
			p.add(name, "should not be empty")
		case rule.Default != "":
			p.text(v.Field(i), name, rule.Default, rule)
		case v.Field(i).Kind() == reflect.Struct && !isText(v.Field(i).Type()):
			// A missing object gets its fields' defaults.
			p.object(v.Field(i), name+".", nil)
		}
	}
}

// Taker is a type that takes a JSON value of any kind.
type Taker interface{ Take(value any) }

// value sets a field from a member of a body. Clients in the wild quote numbers and
// booleans, and leave the quotes out where a text is a number: all of them say what
// they mean, and forms know nothing but texts.
func (p *Problems) value(v reflect.Value, name string, value any, r Rule) {
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		v.Set(reflect.New(t.Elem()))
		p.value(v.Elem(), name, value, r)
		return
	}
	if taker, ok := v.Addr().Interface().(Taker); ok {
		taker.Take(value)
		return
	}
	switch member := value.(type) {
	case map[string]any:
		if t.Kind() == reflect.Struct && !isText(t) {
			p.object(v, name+".", member)
			return
		}
	case []any:
		if t.Kind() == reflect.Slice {
			p.slice(v, name, member, r)
			return
		}
	case bool:
		if t.Kind() == reflect.Bool {
			v.SetBool(member)
			return
		}
	case json.Number:
		if p.scalar(v, name, member.String(), r) {
			return
		}
	case string:
		if p.scalar(v, name, member, r) {
			return
		}
	}
	p.add(name, "%s", mustBe(t))
}

// scalar sets a field from a text or a number, and reports whether it can be one.
func (p *Problems) scalar(v reflect.Value, name, text string, r Rule) bool {
	t := v.Type()
	switch {
	case isText(t):
	case t.Kind() == reflect.Struct:
		return false
	case t.Kind() == reflect.Slice:
		if text != "" { // a form's list of one, or of none
			p.slice(v, name, []any{text}, r)
		}
		return true
	}
	p.text(v, name, text, r)
	return true
}

func (p *Problems) slice(v reflect.Value, name string, members []any, r Rule) {
	if !p.checkList(name, len(members), r) {
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(members), len(members)))
	for i, member := range members {
		p.value(v.Index(i), "each value in "+name, member, Rule{})
	}
}
