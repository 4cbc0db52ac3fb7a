package httpapi

import (
	"net/http"
	"net/url"
	"reflect"

	"github.com/wasession/wasession/runtime/httpapi/auth"
	"github.com/wasession/wasession/runtime/httpapi/bind"
)

// route is a row of the table: how a call is served, and how it is described.
type route struct {
	method, pattern, tag, summary string
	// action is what the key must allow; auth.None for public routes.
	action auth.Action
	status int
	in     bind.Plan
	out    reflect.Type
	// mimetype is set if the response is not, or not always, JSON; outs are then the
	// types of the JSON responses.
	mimetype string
	outs     []reflect.Type
	// dialect writes errors; nil means WAHA's.
	dialect dialect
	// merged adds the body's members to the query, as Wawp's clients expect.
	merged bool
	// admin routes need an admin key; lookups answer 404 for a session that does not
	// exist, where others answer 422.
	admin, lookup bool
	// any is open to every key of the session, whatever its actions: what it leads to is
	// judged by itself.
	any bool
	// once supports idempotency keys; files accepts files in the body.
	once, files bool
	// reason says why WAHA's call cannot be had; empty for calls that can.
	reason string
	handle func(r *http.Request, query url.Values, body []byte) (any, error)
}

// op returns a route whose input is decoded into In and whose response is an Out.
func op[In, Out any](method, pattern string, status int, action auth.Action, summary string, do func(*http.Request, In) (Out, error)) route {
	plan := bind.NewPlan(reflect.TypeFor[In]())
	return route{
		method: method, pattern: pattern, status: status, action: action, summary: summary,
		in: plan, out: reflect.TypeFor[Out](),
		handle: func(r *http.Request, query url.Values, body []byte) (any, error) {
			var in In
			if err := plan.Decode(&in, r.PathValue, query, body); err != nil {
				return nil, err
			}
			return do(r, in)
		},
	}
}

// serve handles a request to a route.
func (a *API) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, err := a.do(w, r, rt)
		if err == nil {
			err = a.write(w, r, rt.status, answer)
		}
		if err != nil {
			a.fail(w, r, rt.dialect, err)
		}
	})
}

func (a *API) do(w http.ResponseWriter, r *http.Request, rt route) (any, error) {
	key, err := a.identify(w, r, rt)
	if err != nil {
		return nil, err
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, bind.Problems{"query must be encoded as in a URL"}
	}
	if err := a.preadmit(key, rt, r, query); err != nil {
		return nil, err
	}
	r, body, done, err := a.takeBody(w, r, rt)
	if err != nil {
		return nil, err
	}
	defer done()
	if rt.merged {
		if err := mergeBody(query, body); err != nil {
			return nil, err
		}
	}
	if err := a.admit(key, rt, r, query, body); err != nil {
		return nil, err
	}
	return a.answer(rt, r, query, body)
}

// sessionParam is the query parameter that names the session if the path doesn't;
// empty if there is none.
func (r route) sessionParam() string {
	for _, p := range r.in.Params {
		if p.In == "query" && (p.Name == "session" || p.Name == "instance_id") {
			return p.Name
		}
	}
	return ""
}
