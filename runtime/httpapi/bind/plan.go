// Package bind decodes a request strictly into a struct, as its tags say. It
// collects all problems, worded like WAHA's.
//
//	type in struct {
//		Chat  chatID   `path:"chatId"`
//		Limit int      `query:"limit" default:"10" min:"1" max:"1000" doc:"…"`
//		IDs   []chatID `query:"ids" max:"100"`           // may be repeated
//		Order string   `query:"sortOrder" enum:"asc,desc" fold:"true"`
//		Body  struct {
//			Text string `json:"text" required:"true" max:"4096"`
//		} `body:"json"`
//	}
//
// Fields are ints, float64s, bools, strings, types with UnmarshalText, pointers
// to these (nil when absent) and slices of these; bodies may nest structs. min and max
// bound a number's value, a text's characters and a list's length.
package bind

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Plan says how to fill a struct. The API's description is built from it, too.
type Plan struct {
	Params []Param
	// Body is the field that takes the JSON body; nil without one.
	Body *Param
}

// Param is one field of the struct.
type Param struct {
	// Name is the parameter's, In "path", "query" or "body".
	Name, In string
	// Index finds the field in the struct.
	Index []int
	Type  reflect.Type
	Rule  Rule
}

// Rule is the constraints of a field.
type Rule struct {
	// Default is used for a missing value; empty means none.
	Default  string
	Required bool
	// Enum lists the allowed values, in any case with Fold.
	Enum []string
	Fold bool
	// Min and Max are nil where unbounded.
	Min, Max *int64
	Doc      string
}

// NewPlan reads the tags of a struct type. It panics on invalid tags, which are
// programming errors.
func NewPlan(t reflect.Type) Plan {
	var p Plan
	p.add(t, nil)
	return p
}

func (p *Plan) add(t reflect.Type, index []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		at := append(append([]int(nil), index...), i)
		if f.Anonymous {
			p.add(f.Type, at)
			continue
		}
		for _, in := range []string{"path", "query", "body"} {
			name, ok := f.Tag.Lookup(in)
			if !ok {
				continue
			}
			param := Param{Name: name, In: in, Index: at, Type: f.Type, Rule: NewRule(f)}
			if in == "body" {
				p.Body = &param
			} else {
				p.Params = append(p.Params, param)
			}
		}
	}
}

// Valuer is a type that lists its values, instead of an enum tag.
type Valuer interface{ Values() []string }

// NewRule reads a field's tags.
func NewRule(f reflect.StructField) Rule {
	r := Rule{
		Default:  f.Tag.Get("default"),
		Required: f.Tag.Get("required") == "true",
		Fold:     f.Tag.Get("fold") == "true",
		Min:      number(f, "min"),
		Max:      number(f, "max"),
		Doc:      f.Tag.Get("doc"),
	}
	if enum := f.Tag.Get("enum"); enum != "" {
		r.Enum = strings.Split(enum, ",")
	} else if v, ok := reflect.Zero(f.Type).Interface().(Valuer); ok {
		r.Enum = v.Values()
	}
	return r
}

func number(f reflect.StructField, tag string) *int64 {
	text, ok := f.Tag.Lookup(tag)
	if !ok {
		return nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic(fmt.Sprintf("field %s: tag %s: %v", f.Name, tag, err))
	}
	return &n
}

// JSONName is the JSON name of a field; ok is false if it has none.
func JSONName(f reflect.StructField) (name string, ok bool) {
	name, _, _ = strings.Cut(f.Tag.Get("json"), ",")
	return name, f.IsExported() && name != "" && name != "-"
}
