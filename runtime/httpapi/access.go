package httpapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"net/url"

	"github.com/wasession/wasession/api/chathttp"
	"github.com/wasession/wasession/runtime/httpapi/auth"
)

// authenticate finds the key of a request, or what its access token stands for. Public routes need none.
func (a *API) authenticate(r *http.Request, action auth.Action) (auth.Key, error) {
	if action == "" {
		return auth.Key{}, nil
	}
	key, ok := a.Access.Of(r, a.Now())
	if !ok {
		return auth.Key{}, errUnauthorized
	}
	return key, nil
}

// keyBody limits the body that is read to find a key in it, in bytes.
const keyBody = 64 << 10

// identify is authenticate for a route. Wawp's clients may send their key in the
// body, which is then kept for reading.
func (a *API) identify(w http.ResponseWriter, r *http.Request, rt route) (auth.Key, error) {
	if !rt.merged || r.Method != http.MethodPost || chathttp.Secret(r) != "" || chathttp.Bearer(r) != "" {
		return a.authenticate(r, rt.action)
	}
	body, err := readAll(w, r, keyBody)
	if err != nil {
		return auth.Key{}, errUnauthorized
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	members, err := readBody(w, r, rt)
	if err != nil {
		return auth.Key{}, errUnauthorized
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var named struct {
		Key string `json:"access_token"`
	}
	if json.Unmarshal(members, &named) != nil {
		return auth.Key{}, errUnauthorized
	}
	key, ok := a.Access.Keys.Find(named.Key)
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
	return a.allow(key, rt, cmp.Or(rt.sessionOf(r, query), rt.sessionIn(body), a.Session))
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
	case rt.admin && !key.IsAdmin:
		return errForbidden
	case session != "":
		return a.allow(key, rt, session)
	case !key.May(rt.action) && !rt.any, rt.files && !key.Allows(a.Session, rt.action):
		return errForbidden
	}
	return nil
}

func (a *API) allow(key auth.Key, rt route, session string) error {
	switch {
	case !key.Allows(session, rt.action) && (!rt.any || key.Session != session):
		return errForbidden
	case session == a.Session:
		return nil
	case rt.lookup:
		return notFound("Session not found")
	}
	return unknownSession(session)
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
