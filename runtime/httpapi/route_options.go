package httpapi

import (
	"reflect"
)

// of sets the tag of routes.
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

// gives declares a response that the Go type does not show: a MIME type other than
// JSON, and the JSON alternatives.
func (r route) gives(mimetype string, json ...any) route {
	r.mimetype, r.out = mimetype, nil
	for _, v := range json {
		r.outs = append(r.outs, reflect.TypeOf(v))
	}
	return r
}

// as sets the dialect of a route's errors and accepts parameters in the body.
func (r route) as(d dialect) route {
	r.dialect, r.merged = d, true
	return r
}

// byAdmins marks routes that no key of a single session may use.
func (r route) byAdmins() route {
	r.admin = true
	return r
}

// byAnyKey marks the route that only leads to others, of which each key may use its own.
func (r route) byAnyKey() route {
	r.any = true
	return r
}

// looksUp marks the route that clients ask whether a session exists.
func (r route) looksUp() route {
	r.lookup = true
	return r
}
