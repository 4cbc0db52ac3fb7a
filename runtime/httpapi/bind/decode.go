package bind

import (
	"encoding/json"
	"net/url"
	"reflect"
	"strings"
)

// Decode fills the struct that dst points at. path gives the values of the
// path, query is the parsed query, body the JSON body, empty without one. The
// error is Problems.
func (p Plan) Decode(dst any, path func(name string) string, query url.Values, body []byte) error {
	var problems Problems
	v := reflect.ValueOf(dst).Elem()
	for _, param := range p.Params {
		f := v.FieldByIndex(param.Index)
		if param.In == "path" {
			problems.text(f, param.Name, path(param.Name), param.Rule)
			continue
		}
		problems.query(f, param, query[param.Name], query[param.Name+"[]"])
	}
	if p.Body != nil {
		problems.body(v.FieldByIndex(p.Body.Index), body)
	}
	return problems.err()
}

func (p *Problems) query(f reflect.Value, param Param, values, bracketed []string) {
	switch {
	case f.Kind() == reflect.Slice:
		p.list(f, param, append(values[:len(values):len(values)], bracketed...))
	case len(values) > 1:
		p.add(param.Name, "must be given once")
	case len(values) == 1:
		p.text(f, param.Name, values[0], param.Rule)
	case param.Rule.Default != "":
		p.text(f, param.Name, param.Rule.Default, param.Rule)
	case param.Rule.Required:
		p.add(param.Name, "should not be empty")
	}
}

// list takes a repeated parameter, also written ids[]=, with commas or as a JSON
// array, as some clients do: no value of ours holds a comma. An empty one is absent.
func (p *Problems) list(f reflect.Value, param Param, values []string) {
	var all []string
	for _, v := range values {
		var array []string
		switch {
		case v == "":
		case strings.HasPrefix(v, "[") && json.Unmarshal([]byte(v), &array) == nil:
			all = append(all, array...)
		default:
			all = append(all, strings.Split(v, ",")...)
		}
	}
	if !p.checkList(param.Name, len(all), param.Rule) || len(all) == 0 {
		return
	}
	f.Set(reflect.MakeSlice(f.Type(), len(all), len(all)))
	for i, s := range all {
		p.text(f.Index(i), "each value in "+param.Name, s, Rule{})
	}
}
