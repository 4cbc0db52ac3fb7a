package dashboard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/fleet"
	"github.com/wasession/wasession/gateway/waha"
)

// visit is a request of somebody who has logged in.
type visit struct {
	d     *Dashboard
	w     http.ResponseWriter
	r     *http.Request
	login login
	identity
}

// identity is who somebody is.
type identity struct {
	caller access.Caller
	// header and value show the API who it is.
	header, value string
}

// errNoLogin is a request of somebody who has not logged in, or whose key or token is
// no longer valid.
var errNoLogin = errors.New("your login has ended")

// visit finds out who makes a request. It asks anew each time, so that a key that was
// withdrawn opens nothing from then on.
func (d *Dashboard) visit(w http.ResponseWriter, r *http.Request) (*visit, error) {
	l, ok := d.cookies.get(r)
	if !ok {
		return nil, errNoLogin
	}
	who, err := d.identify(r.Context(), l.Secret)
	if err != nil {
		return nil, err
	}
	return &visit{d: d, w: w, r: r, login: l, identity: who}, nil
}

// identify finds whom a key or token belongs to.
func (d *Dashboard) identify(ctx context.Context, secret string) (identity, error) {
	if key, ok := d.Keys.Find(secret); ok {
		return identity{key, "X-Api-Key", secret}, nil
	}
	if strings.Count(secret, ".") != 2 { // tokens of Kubernetes have three parts
		return identity{}, errNoLogin
	}
	caller, err := d.Identities.Find(ctx, secret)
	switch {
	case errors.Is(err, access.ErrNoTokens):
		err = fmt.Errorf("%w: %w", errNoLogin, err)
	case err == nil && caller == nil:
		err = errNoLogin
	}
	return identity{caller, "Authorization", "Bearer " + secret}, err
}

// checkForm makes sure that what changes something was sent from a page of this login.
func (v *visit) checkForm() error {
	if v.r.Method == http.MethodGet || v.r.Method == http.MethodHead {
		return nil
	}
	token := v.r.Header.Get("X-CSRF-Token")
	if token == "" {
		v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxForm)
		token = v.r.PostFormValue("csrf")
	}
	if !v.d.cookies.checks(v.login, token) {
		return waha.Fail(http.StatusForbidden, "This form is of an earlier login. Load the page again, and send it once more")
	}
	return nil
}

// session is the session that the visit is about.
type session struct {
	fleet.Session
	// Path is that of its pages, escaped.
	Path string
}

func sessionOf(s fleet.Session) session {
	return session{s, Root + "sessions/" + url.PathEscape(s.Namespace) + "/" + url.PathEscape(s.Name)}
}

// Qualified is what the API calls it.
func (s session) Qualified() string { return waha.Qualified(s.Namespace, s.Called) }

// api is the path of a call of the session, escaped: /api/{session}/call.
func (s session) api(call string) string { return "/api/" + url.PathEscape(s.Qualified()) + "/" + call }

// session finds the session of the path, for calls of the API. Of several in a
// namespace that clients call the same, these reach the oldest, and the others do not
// run.
func (v *visit) session() (session, error) {
	s, err := v.resource()
	if err != nil {
		return session{}, err
	}
	for _, other := range v.d.Fleet.Named(s.Called) {
		if other.Namespace != s.Namespace {
			continue
		}
		if other.Key() != s.Key() {
			return session{}, waha.Fail(http.StatusConflict, "An older session of this namespace, "+other.Name+
				", has the same name in the chat API. Delete one of the two with kubectl")
		}
		break
	}
	return s, nil
}

// resource finds the session of the path, for what its resource tells. A visitor who may
// do nothing to it is told that it does not exist.
func (v *visit) resource() (session, error) {
	key := types.NamespacedName{Namespace: v.r.PathValue("namespace"), Name: v.r.PathValue("name")}
	found, ok := v.d.Fleet.Get(key)
	if ok {
		var err error
		if ok, err = v.caller.Sees(v.r.Context(), key); err != nil {
			return session{}, err
		}
	}
	if !ok {
		return session{}, waha.Fail(http.StatusNotFound, "There is no session "+key.String()+", or you may not see it")
	}
	return sessionOf(found), nil
}

// may says whether the visitor may do something to a session.
func (v *visit) may(s session, call access.Call) (bool, error) {
	return v.caller.May(v.r.Context(), s.Key(), call)
}

// mustMay returns an error unless the visitor may do something to a session.
func (v *visit) mustMay(s session, call access.Call) error {
	may, err := v.may(s, call)
	if err == nil && !may {
		err = waha.Fail(http.StatusForbidden, "Your key or token does not allow this")
	}
	return err
}

// asksPart says whether the browser asks for a part of a page.
func (v *visit) asksPart() bool { return v.r.Header.Get("HX-Request") != "" }

// show answers with a page.
func (v *visit) show(status int, page string, data any) error {
	return v.d.write(v.w, v.r, status, page, "layout", v.view(data))
}

// part answers with a part of a page.
func (v *visit) part(status int, page, part string, data any) error {
	return v.d.write(v.w, v.r, status, page, part, v.view(data))
}

// to sends the browser to another page after a form has done its work.
func (v *visit) to(path string) error {
	if v.asksPart() {
		v.w.Header().Set("HX-Redirect", path)
		v.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}

func (v *visit) view(data any) view {
	return view{Caller: v.caller.Name(), CSRF: v.d.cookies.token(v.login), Path: v.r.URL.Path, Data: data}
}

// fail answers with an error. v is nil before the visitor is known.
func (d *Dashboard) fail(w http.ResponseWriter, r *http.Request, v *visit, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // nobody is there to be told
	}
	var told waha.Failure
	problem := problem{Again: r.URL.RequestURI()}
	switch {
	case errors.Is(err, errNoLogin):
		problem.Status, problem.Text, problem.Login = http.StatusUnauthorized, "Your login has ended.", true
	case errors.As(err, &told):
		problem.Status, problem.Text = told.Status, sentence(told.Text)
	default:
		d.Log.Error("Page failed", "method", r.Method, "error", err)
		problem.Status, problem.Text = http.StatusInternalServerError, "Something went wrong here. The gateway's log says what."
	}
	data := view{Path: r.URL.Path, Data: problem}
	if v != nil {
		data = v.view(problem)
	}
	if r.Header.Get("HX-Request") == "" {
		d.open(w, r, problem.Status, "problem", "layout", data)
		return
	}
	// The part that was asked for stays as it is.
	w.Header().Set("HX-Retarget", "#notice")
	w.Header().Set("HX-Reswap", "innerHTML")
	d.open(w, r, problem.Status, "problem", "part-notice", data)
}

// problem is what went wrong, for a page or a notice.
type problem struct {
	Status int
	Text   string
	// Login says that logging in helps; Again is the page that was asked for.
	Login bool
	Again string
}

// sentence is a text that ends with a full stop.
func sentence(text string) string {
	if text = cmp.Or(text, "Something went wrong"); strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}
