package rowjson

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
)

// field is a field of a struct. name is its JSON, with the colon.
type field struct {
	index    int
	name     string
	omit     func(reflect.Value) bool // nil if it is never left out
	appendTo encoder
}

// structEncoder returns the encoder of a struct. Those with embedded structs are left to
// encoding/json, and so are options of tags that no row has.
func structEncoder(t reflect.Type) encoder {
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		tag, _ := f.Tag.Lookup("json")
		name, option, _ := strings.Cut(tag, ",")
		switch {
		case f.Anonymous:
			return standard
		case !f.IsExported(), tag == "-":
			continue
		case name == "":
			name = f.Name
		}
		known := field{index: i, name: string(String(nil, name)) + ":", appendTo: encoderOf(f.Type)}
		switch option {
		case "":
		case "omitempty":
			known.omit = emptiness(f.Type)
		default:
			return standard
		}
		fields = append(fields, known)
	}
	return func(dst []byte, v reflect.Value) (_ []byte, err error) {
		before := byte('{')
		for i := range fields {
			f := &fields[i]
			value := v.Field(f.index)
			if f.omit != nil && f.omit(value) {
				continue
			}
			dst = append(append(dst, before), f.name...)
			before = ','
			if dst, err = f.appendTo(dst, value); err != nil {
				return dst, err
			}
		}
		if before == '{' {
			dst = append(dst, '{')
		}
		return append(dst, '}'), nil
	}
}

// emptiness returns what omitempty means for a type; nil if nothing is left out.
func emptiness(t reflect.Type) func(reflect.Value) bool {
	switch t.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return func(v reflect.Value) bool { return v.Len() == 0 }
	case reflect.Struct:
		return nil
	}
	return reflect.Value.IsZero
}

// writesItself reports that encoding/json calls a method of the type or its pointer.
func writesItself(t reflect.Type) bool {
	for _, by := range []reflect.Type{reflect.TypeFor[json.Marshaler](), reflect.TypeFor[encoding.TextMarshaler]()} {
		if t.Kind() != reflect.Interface && (t.Implements(by) || reflect.PointerTo(t).Implements(by)) {
			return true
		}
	}
	return false
}
