package httpapi

import (
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
	session := a.Session
	if s := r.PathValue("session"); s != "" {
		session = s
	} else if name := rt.sessionParam(); query.Get(name) != "" {
		session = query.Get(name)
	} else if name := rt.sessionIn(body); name != "" {
		session = name
	}
	if !key.Allows(session, rt.action) {
		return errForbidden
	}
	if session != a.Session {
		return unknownSession(session)
	}
	return nil
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
