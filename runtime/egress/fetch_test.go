package egress

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestAFetcherFollowsOtherHostsButNotForEver(t *testing.T) {
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("here")) }))
	defer target.Close()
	var loop *httptest.Server
	loop = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/once":
			http.Redirect(w, r, target.URL, http.StatusFound)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		default:
			http.Redirect(w, r, loop.URL+"/again", http.StatusFound)
		}
	}))
	defer loop.Close()
	c := local(t).Fetcher(time.Minute)
	resp, err := c.Get(loop.URL + "/once")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", resp, err)
	}
	_ = resp.Body.Close()
	for _, path := range []string{"/file", "/loop"} {
		if _, err := c.Get(loop.URL + path); !errors.Is(err, ErrRefusedRedirect) {
			t.Errorf("%s: %v, want a refusal", path, err)
		}
	}
}

// A server that a caller may reach leads to one that they may not.
func TestAFetcherRefusesPrivateAddressesBehindRedirects(t *testing.T) {
	private := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the private server was reached") }))
	_ = private.Listener.Close()
	var err error
	if private.Listener, err = net.Listen("tcp", "127.0.0.2:0"); err != nil {
		t.Fatal(err)
	}
	private.Start()
	defer private.Close()
	allowed := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/one":
			http.Redirect(w, r, "/two", http.StatusFound)
		case "/two":
			http.Redirect(w, r, private.URL, http.StatusFound)
		}
	}))
	defer allowed.Close()
	g := New(Options{})
	g.Configure(allow(t, "127.0.0.1"))
	if _, err := g.Callers().Fetcher(time.Minute).Get(allowed.URL + "/one?token=hush"); !errors.Is(err, ErrRefusedAddress) {
		t.Fatalf("%v, want a refusal", err)
	} else if text := Problem(err); text != unreachable {
		t.Errorf("problem %q", text)
	}
}

// A caller cannot tell a port that is closed from one that is open, a host that
// does not exist from one that is refused.
func TestProblemsAreNoScanner(t *testing.T) {
	open := httptest.NewServer(http.NotFoundHandler())
	defer open.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	c := New(Options{}).Callers().Fetcher(time.Minute)
	for _, target := range []string{open.URL, gone.URL, "http://nowhere.invalid", "http://169.254.169.254", "http://localhost:1"} {
		_, err := c.Get(target + "/?token=hush")
		if text := Problem(err); text != unreachable {
			t.Errorf("%s: problem %q", target, text)
		}
	}
	_, err := local(t).Fetcher(time.Minute).Get(gone.URL)
	if text := Problem(err); text != unreachable {
		t.Errorf("an allowed server that is gone: problem %q", text)
	}
	hung := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer hung.Close()
	_, err = local(t).Fetcher(100 * time.Millisecond).Get(hung.URL)
	if text := Problem(err); text != unreachable {
		t.Errorf("an allowed server that hangs: problem %q", text)
	}
}

func TestParseURL(t *testing.T) {
	for _, good := range []string{"http://a", "https://a.b/c?d=e", "http://127.0.0.1:8080/"} {
		if _, err := ParseURL(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "a", "/a", "//a", "ftp://a", "file:///a", "http://", "http:///a", "javascript:alert(1)", "http://%zz"} {
		if u, err := ParseURL(bad); err == nil {
			t.Errorf("%q is %v", bad, u)
		}
	}
}
