package dashboard

import (
	"errors"
	"net/http"
	"slices"

	"github.com/wasession/wasession/gateway/waha"
)

// route is a page, or a part of one, for visitors who have logged in.
type route struct {
	// pattern is that of http.ServeMux, with a path below Root.
	pattern string
	handle  func(v *visit) error
}

// ofSession begins the paths of one session.
const ofSession = "sessions/{namespace}/{name}"

func (d *Dashboard) routes() []route {
	return []route{
		{"GET {$}", d.sessionsPage},
		{"GET sessions/live", d.sessionsLive},
		{"GET fleet", d.fleetPage},
		{"GET fleet/live", d.fleetLive},
		{"GET new", d.newPage},
		{"POST new", d.create},
		{"POST new/manifest", d.newManifest},

		{"GET " + ofSession, d.sessionPage},
		{"GET " + ofSession + "/live", d.sessionLive},
		{"GET " + ofSession + "/activity", d.sessionActivity},
		{"GET " + ofSession + "/pairing", d.pairingLive},
		{"POST " + ofSession + "/code", d.requestCode},
		{"GET " + ofSession + "/passkey", d.passkey},
		{"POST " + ofSession + "/passkey", d.presentPasskey},
		{"POST " + ofSession + "/passkey/confirm", d.confirmPasskey},
		{"GET " + ofSession + "/manifest", d.manifestPage},
		{"POST " + ofSession + "/start", d.command("start", "The session starts.")},
		{"POST " + ofSession + "/stop", d.command("stop", "The session stops. Its pairing and its chats stay.")},
		{"POST " + ofSession + "/restart", d.command("restart", "The session restarts.")},
		{"GET " + ofSession + "/logout", d.logoutPage},
		{"POST " + ofSession + "/logout", d.logoutSession},
		{"GET " + ofSession + "/delete", d.deletePage},
		{"POST " + ofSession + "/delete", d.deleteSession},
	}
}

// allRoutes are the rows of all pages.
func (d *Dashboard) allRoutes() []route {
	return slices.Concat(d.routes(), d.chatRoutes(), d.archiveRoutes(), d.deliveryRoutes(), d.eventRoutes())
}

// Patterns are those of all pages for visitors who have logged in, as http.ServeMux has
// them.
func Patterns() (all []string) {
	for _, r := range (&Dashboard{}).allRoutes() {
		all = append(all, below(r.pattern))
	}
	return all
}

func (d *Dashboard) mux() http.Handler {
	mux := http.NewServeMux()
	for _, r := range d.allRoutes() {
		mux.Handle(below(r.pattern), d.visited(r.handle))
	}
	mux.Handle(below("GET login"), http.HandlerFunc(d.loginPage))
	mux.Handle(below("POST login"), http.HandlerFunc(d.logIn))
	mux.Handle(below("POST logout"), http.HandlerFunc(d.logOut))
	mux.Handle(below("GET assets/{name}"), d.assets)
	mux.Handle(Root, d.visited(func(*visit) error { return waha.Fail(http.StatusNotFound, "There is no such page") }))
	// A form of another site has neither the cookie, which is SameSite=Strict, nor the
	// token. Browsers also say where a request comes from.
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.fail(w, r, nil, errOtherSite)
	}))
	return protection.Handler(mux)
}

var errOtherSite = waha.Fail(http.StatusForbidden, "This request came from another site, so it was not carried out")

// below is a pattern with its path below Root.
func below(pattern string) string {
	for i := range pattern {
		if pattern[i] == ' ' {
			return pattern[:i+1] + Root + pattern[i+1:]
		}
	}
	return Root + pattern
}

// visited serves visitors who have logged in, and sends others to the login.
func (d *Dashboard) visited(handle func(v *visit) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := d.visit(w, r)
		switch {
		case errors.Is(err, errNoLogin):
			d.toLogin(w, r)
			return
		case err == nil && !d.Limits.Take(v.caller.Name()):
			err = waha.Fail(http.StatusTooManyRequests, "Too many requests. Try again in a second")
		case err == nil:
			err = v.checkForm()
		}
		if err == nil {
			err = handle(v)
		}
		if err != nil {
			d.fail(w, r, v, err)
		}
	})
}
