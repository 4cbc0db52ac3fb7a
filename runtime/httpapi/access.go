package httpapi

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/wasession/wasession/runtime/httpapi/auth"
)

// authenticate finds the key of a request; open routes need none.
func (a *API) authenticate(r *http.Request, action auth.Action) (auth.Key, error) {
	if action == "" {
		return auth.Key{}, nil
	}
	key, ok := a.Keys.Find(auth.Secret(r))
	if !ok {
		return auth.Key{}, errUnauthorized
	}
	return key, nil
}

// admit checks that the session named is this one and that the key may do this
// to it. What a key may not see it cannot tell from what is not there.
func (a *API) admit(key auth.Key, rt route, r *http.Request, query url.Values, body []byte) error {
	if rt.action == "" {
		return nil
	}
	return a.allow(key, cmp.Or(rt.sessionOf(r, query), rt.sessionIn(body), a.Session), rt.action)
}

// preadmit checks what can be checked without the body: whoever may not do this
// has no body taken in, no turn, and no room on the disk. Where the session may
// stand in the body, the key must be able to do this to some session; files are
// taken in only from those who may do it to this one.
func (a *API) preadmit(key auth.Key, rt route, r *http.Request, query url.Values) error {
	session := rt.sessionOf(r, query)
	switch {
	case rt.action == "":
		return nil
	case session != "":
		return a.allow(key, session, rt.action)
	case !key.May(rt.action), rt.files && !key.Allows(a.Session, rt.action):
		return errForbidden
	}
	return nil
}

func (a *API) allow(key auth.Key, session string, action auth.Action) error {
	if !key.Allows(session, action) {
		return errForbidden
	}
	if session != a.Session {
		return unknownSession(session)
	}
	return nil
}

// sessionOf is the session that a path or a query names; empty where none does.
func (r route) sessionOf(req *http.Request, query url.Values) string {
	return cmp.Or(req.PathValue("session"), query.Get(r.sessionParam()))
}

// keyed lets only those with a key through to a handler that is no route.
func (a *API) keyed(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, err := a.authenticate(r, auth.Read)
		if err == nil && !key.Allows(a.Session, auth.Read) {
			err = errForbidden
		}
		if err != nil {
			a.fail(w, r, dialectOf(r), err)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// noRoute answers what no route does, wrong methods included, as WAHA does.
func (a *API) noRoute(w http.ResponseWriter, r *http.Request) {
	a.fail(w, r, dialectOf(r), notFound("Cannot "+r.Method+" "+r.URL.Path))
}
