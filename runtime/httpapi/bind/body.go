package bind

import (
	"bytes"
	"encoding"
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

// value sets a field from a member of a body.
func (p *Problems) value(v reflect.Value, name string, value any, r Rule) {
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		v.Set(reflect.New(t.Elem()))
		p.value(v.Elem(), name, value, r)
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
	case json.Number:
		if t.Kind() == reflect.Int || t.Kind() == reflect.Int64 || t.Kind() == reflect.Float64 {
			p.text(v, name, member.String(), r)
			return
		}
	case bool:
		if t.Kind() == reflect.Bool {
			v.SetBool(member)
			return
		}
	case string:
		if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
			if err := u.UnmarshalText([]byte(member)); err != nil {
				p.add(name, "%v", err)
			}
			return
		}
		if t.Kind() == reflect.String {
			v.SetString(p.checkText(name, member, r))
			return
		}
	}
	p.add(name, "%s", mustBe(t))
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
