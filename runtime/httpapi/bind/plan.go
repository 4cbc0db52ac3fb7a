// Package bind fills a struct from a request, strictly, by the struct's tags.
// It gathers everything that is wrong, in the words that WAHA's clients know.
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

// Plan is how a struct is filled. The API's description is made from it too.
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

// Rule is what a field's value must keep to.
type Rule struct {
	// Default stands in for an absent value; empty means none.
	Default  string
	Required bool
	// Enum lists the words allowed; with Fold in any case of letters.
	Enum []string
	Fold bool
	// Min and Max are nil where unbounded.
	Min, Max *int64
	Doc      string
}

// NewPlan reads the tags of a struct type. It panics on tags that make no
// sense: they are part of the program.
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

// Valuer is a type that knows its values; it needs no tag enum.
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

// JSONName is the name of a body's field; ok is false for what is no field.
func JSONName(f reflect.StructField) (name string, ok bool) {
	name, _, _ = strings.Cut(f.Tag.Get("json"), ",")
	return name, f.IsExported() && name != "" && name != "-"
}
