package httpapi

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/wasession/wasession/runtime/httpapi/auth"
)

// authenticate finds the key of a request. Public routes need none.
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

// admit checks that the request names this session and that the key may act on it.
// A session that a key may not see looks like one that does not exist.
func (a *API) admit(key auth.Key, rt route, r *http.Request, query url.Values, body []byte) error {
	if rt.action == "" {
		return nil
	}
	return a.allow(key, cmp.Or(rt.sessionOf(r, query), rt.sessionIn(body), a.Session), rt.action)
}

// preadmit checks what can be checked before the body is read, so that
// unauthorized requests take no memory, turn or disk space. If the body may name
// the session, the key must allow the action on some session; files are only
// accepted from keys that allow it on this one.
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

// sessionOf is the session named by the path or the query; empty if none is.
func (r route) sessionOf(req *http.Request, query url.Values) string {
	return cmp.Or(req.PathValue("session"), query.Get(r.sessionParam()))
}

// keyed requires a key for a handler that is not in the table of routes.
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

// noRoute answers unknown paths and wrong methods the way WAHA does.
func (a *API) noRoute(w http.ResponseWriter, r *http.Request) {
	a.fail(w, r, dialectOf(r), notFound("Cannot "+r.Method+" "+r.URL.Path))
}
