package dashboard

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/wasession/wasession/gateway/access"
)

// loginForm is what the login shows.
type loginForm struct {
	Next, Problem string
}

func (d *Dashboard) loginPage(w http.ResponseWriter, r *http.Request) {
	d.open(w, r, http.StatusOK, "login", "layout", view{Data: loginForm{Next: next(r.URL.Query().Get("next"))}})
}

// maxForm is the longest body of a form, in bytes.
const maxForm = 256 << 10

func (d *Dashboard) logIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	form := loginForm{Next: next(r.PostFormValue("next"))}
	refuse := func(status int, problem string) {
		form.Problem = problem
		d.open(w, r, status, "login", "layout", view{Data: form})
	}
	secret := strings.TrimSpace(r.PostFormValue("secret"))
	if secret == "" {
		refuse(http.StatusUnprocessableEntity, "Enter an API key or a token.")
		return
	}
	if wait := d.Attempts.Wait(r.RemoteAddr, secret); wait > 0 {
		seconds := strconv.Itoa(int(math.Ceil(wait.Seconds())))
		w.Header().Set("Retry-After", seconds)
		refuse(http.StatusTooManyRequests, "Too many wrong keys from this address. Try again in "+seconds+" s.")
		return
	}
	who, err := d.identify(r.Context(), secret)
	if err == nil || errors.Is(err, errNoLogin) {
		d.Attempts.Judged(r.RemoteAddr, secret, err == nil)
	}
	switch {
	case errors.Is(err, access.ErrNoTokens):
		refuse(http.StatusUnauthorized, "This gateway cannot check tokens of Kubernetes. Log in with an API key.")
		return
	case errors.Is(err, errNoLogin):
		refuse(http.StatusUnauthorized, "This key or token is not known, or no longer valid.")
		return
	case err == nil:
		err = d.cookies.set(w, r, secret)
	}
	if errors.Is(err, errLongSecret) {
		refuse(http.StatusUnprocessableEntity, "This token is too long for a browser to keep. Use one with fewer groups, or an API key.")
		return
	}
	if err != nil {
		d.fail(w, r, nil, err)
		return
	}
	d.Log.Info("Login", "caller", who.caller.Name(), "from", r.RemoteAddr)
	http.Redirect(w, r, form.Next, http.StatusSeeOther)
}

// logOut needs no token: the worst that a forged one does is a login more.
func (d *Dashboard) logOut(w http.ResponseWriter, r *http.Request) {
	d.cookies.clear(w, r)
	w.Header().Set("Clear-Site-Data", `"storage"`) // what was typed and not sent
	http.Redirect(w, r, Root+"login", http.StatusSeeOther)
}

// next is where a visitor goes after the login: a page of the dashboard and nothing
// else, whatever the address says.
func next(given string) string {
	u, err := url.Parse(given)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(path.Clean(u.Path)+"/", Root) || strings.HasPrefix(u.Path, Root+"login") {
		return Root
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}

// toLogin sends a visitor to the login. A part of a page is not replaced by it: what
// was typed beside it would be lost.
func (d *Dashboard) toLogin(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("HX-Request") != "" || r.Header.Get("Accept") == "text/event-stream" {
		d.fail(w, r, nil, errNoLogin)
		return
	}
	to := Root + "login"
	if r.Method == http.MethodGet && r.URL.Path != Root {
		to += "?next=" + url.QueryEscape(r.URL.RequestURI())
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}
