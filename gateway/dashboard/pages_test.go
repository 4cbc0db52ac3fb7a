package dashboard

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wasession/wasession/gateway/access"
)

// wrongKeys is how many wrong keys an address may send.
const wrongKeys = 10

// newPages returns a dashboard whose visitors are nobody. No time passes for their
// wrong keys.
func newPages(t *testing.T) *Dashboard {
	t.Helper()
	d, err := New(Options{
		CookieKey: testKey, Keys: &access.Keys{}, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Attempts: &access.Attempts{PerMinute: wrongKeys, Now: func() time.Time { return time.Unix(1000, 0) }},
		API:      http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the API was called") }),
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *Dashboard) get(method, target string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result()
}

// Without a login there is the login and nothing else, whatever is asked for.
func TestNothingIsShownWithoutALogin(t *testing.T) {
	d := newPages(t)
	for _, route := range d.allRoutes() {
		method, path, _ := strings.Cut(route.pattern, " ")
		path = Root + strings.NewReplacer("{$}", "", "{namespace}", "crm", "{name}", "sales", "{chat}", "1@c.us", "{message}", "m").Replace(path)
		if got := d.get(method, path); got.StatusCode != http.StatusSeeOther || !strings.HasPrefix(got.Header.Get("Location"), Root+"login") {
			t.Errorf("%s %s: %d to %s", method, path, got.StatusCode, got.Header.Get("Location"))
		}
		if got := d.get(method, path, "HX-Request", "true"); got.StatusCode != http.StatusUnauthorized || got.Header.Get("HX-Retarget") != "#notice" {
			t.Errorf("%s %s as a part: %d", method, path, got.StatusCode)
		}
	}
}

func TestFormsOfOtherSites(t *testing.T) {
	d := newPages(t)
	for what, header := range map[string][]string{
		"as browsers say now": {"Sec-Fetch-Site", "cross-site"}, "a neighbour": {"Sec-Fetch-Site", "same-site"},
		"as they said before": {"Origin", "https://evil.example"},
	} {
		for _, path := range []string{"login", "logout", "new", "sessions/crm/sales/stop"} {
			if got := d.get("POST", Root+path, header...); got.StatusCode != http.StatusForbidden {
				t.Errorf("%s, %s: %d", path, what, got.StatusCode)
			}
		}
	}
}

// The policy is strict, and no page needs more.
func TestThePolicy(t *testing.T) {
	d := newPages(t)
	policy := d.get("GET", Root+"login").Header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'; script-src 'self'; style-src 'self'; ") || strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is %s", policy)
	}
	inline := regexp.MustCompile(`(?i)\sstyle\s*=|\son[a-z]+\s*=|<style|<script(?: defer)?>|javascript:|https?://`)
	files, err := templates.ReadDir("templates")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := templates.ReadFile("templates/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range inline.FindAllString(string(text), -1) {
			if found != "https://" { // examples in fields
				t.Errorf("%s has %q", file.Name(), found)
			}
		}
	}
}

// Files are kept by browsers for as long as they do not change.
func TestFiles(t *testing.T) {
	d := newPages(t)
	page, err := io.ReadAll(d.get("GET", Root+"login").Body)
	if err != nil {
		t.Fatal(err)
	}
	paths := regexp.MustCompile(`/dashboard/assets/[^"#]+`).FindAllString(string(page), -1)
	if len(paths) < 3 {
		t.Fatalf("the page has %q", paths)
	}
	for _, path := range paths {
		got := d.get("GET", path, "Accept-Encoding", "gzip")
		if got.StatusCode != 200 || !strings.Contains(got.Header.Get("Cache-Control"), "immutable") || got.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: %d %v", path, got.StatusCode, got.Header)
		}
		if old := d.get("GET", strings.Split(path, "?")[0]+"?v=old"); old.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s of another version: %v", path, old.Header)
		}
	}
	if got := d.get("GET", Root+"assets/htmx.LICENSE"); got.StatusCode != 404 {
		t.Errorf("a file that pages do not need: %d", got.StatusCode)
	}
}

// The address of the login leads to pages of the dashboard only.
func TestWhereALoginLeads(t *testing.T) {
	for path, want := range map[string]string{
		"": Root, "/dashboard/new": "/dashboard/new", "/dashboard/?q=a&status=FAILED": "/dashboard/?q=a&status=FAILED",
		"https://evil.example/dashboard/": Root, "//evil.example/dashboard/": Root, "/api/keys": Root, "/dashboard/login": Root,
		`/\evil.example`: Root, "/dashboard/../api": Root, "javascript:alert(1)": Root, "%zz": Root,
	} {
		if got := next(path); got != want {
			t.Errorf("%q leads to %q, want %q", path, got, want)
		}
	}
}

// Whoever guesses keys is told to wait.
func TestWrongKeys(t *testing.T) {
	d := newPages(t)
	try := func(address string) int {
		r := httptest.NewRequest("POST", Root+"login", strings.NewReader("secret=wrong-key-of-nobody"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = address
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		if len(w.Result().Cookies()) > 0 {
			t.Error("a wrong key gets a cookie")
		}
		return w.Code
	}
	for range wrongKeys {
		if got := try("192.0.2.1:1000"); got != http.StatusUnauthorized {
			t.Fatalf("a wrong key: %d", got)
		}
	}
	if got := try("192.0.2.1:2000"); got != http.StatusTooManyRequests {
		t.Errorf("one too many: %d", got)
	}
	if got := try("192.0.2.2:1000"); got != http.StatusUnauthorized {
		t.Errorf("from another address: %d", got)
	}
}
