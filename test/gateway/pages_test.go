package gateway

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/dashboard"
)

// visitor has logged in to the dashboard.
type visitor struct {
	d      *door
	client *http.Client
	csrf   string
}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// logIn logs in with a key.
func (d *door) logIn(key string) *visitor {
	d.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.t.Fatal(err)
	}
	v := &visitor{d: d, client: &http.Client{Jar: jar}}
	if answer := v.ask("POST", "/dashboard/login", url.Values{"secret": {key}}); answer.status != http.StatusOK {
		d.t.Fatalf("the login: %d", answer.status)
	}
	field := csrfField.FindStringSubmatch(v.ask("GET", "/dashboard/new", nil).body)
	if field == nil {
		d.t.Fatal("the page has no token for its forms")
	}
	v.csrf = field[1]
	return v
}

func (v *visitor) ask(method, path string, form url.Values) reply {
	v.d.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	form.Set("csrf", v.csrf)
	r, err := http.NewRequestWithContext(v.d.t.Context(), method, v.d.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.d.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := v.client.Do(r)
	if err != nil {
		v.d.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		v.d.t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(read)}
}

// What one tenant has changes no page of another: each page of the neighbour's session
// is that of a session that nobody has.
func TestPagesTellTenantsNothingOfEachOther(t *testing.T) {
	d := open(t)
	mine, theirs := namespace(t), namespace(t)
	key := d.key(map[string]string{access.EntryNamespaces: mine})
	root := d.key(admin)
	session(t, theirs, "next-door", v1alpha1.PhaseWorking)
	d.await("the neighbour", func() reply { return d.do(root, "GET", "/api/sessions/"+theirs+".next-door", "") }, is(200))
	v := d.logIn(key)
	token := regexp.MustCompile(`[A-Za-z0-9_-]{80,}`)
	pages := 0
	for _, pattern := range dashboard.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		if !strings.Contains(path, "{name}") {
			continue
		}
		pages++
		ask := func(namespace, name string) reply {
			answer := v.ask(method, strings.NewReplacer("{namespace}", namespace, "{name}", name, "{chat}", "1@c.us", "{message}", "m").Replace(path), nil)
			answer.body = strings.NewReplacer(namespace, "NAMESPACE", name, "NAME").Replace(token.ReplaceAllString(answer.body, ""))
			return answer
		}
		got, want := ask(theirs, "next-door"), ask("tenant-"+strings.Repeat("0", len(theirs)-len("tenant-")), "nobodyyyy")
		if got.status != http.StatusNotFound || got.status != want.status || got.body != want.body {
			t.Errorf("%s: %d\n%s\nwith a name that nobody has: %d\n%s", pattern, got.status, got.body, want.status, want.body)
		}
	}
	if pages < 25 {
		t.Errorf("there are only %d pages of a session", pages)
	}
	for _, path := range []string{"/dashboard/", "/dashboard/?q=next-door", "/dashboard/fleet"} {
		if shown := v.ask("GET", path, nil); shown.status != http.StatusOK || strings.Contains(shown.body, theirs) {
			t.Errorf("%s: %d, and tells of %s: %v", path, shown.status, theirs, strings.Contains(shown.body, theirs))
		}
	}
}
