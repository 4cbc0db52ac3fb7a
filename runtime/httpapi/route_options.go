package httpapi

import (
	"reflect"
)

// of puts routes under a heading.
func of(tag string, routes ...route) []route {
	for i := range routes {
		routes[i].tag = tag
	}
	return routes
}

func join(parts ...[]route) (all []route) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// gives names what a route answers with where its Go type does not say: a type
// that is no JSON, and the JSON to be had instead.
func (r route) gives(mimetype string, json ...any) route {
	r.mimetype, r.out = mimetype, nil
	for _, v := range json {
		r.outs = append(r.outs, reflect.TypeOf(v))
	}
	return r
}

// as gives a route the errors of Wawp's dialect, and parameters in the body.
func (r route) as(d dialect) route {
	r.dialect, r.merged = d, true
	return r
}
