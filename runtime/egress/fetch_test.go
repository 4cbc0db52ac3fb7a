package egress

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
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
	c := Policy{}.Fetcher(time.Minute)
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

func TestAFetcherRefusesPrivateAddressesAlsoBehindARedirect(t *testing.T) {
	private := httptest.NewServer(http.NotFoundHandler())
	defer private.Close()
	c := Policy{RefusePrivate: true}.Fetcher(time.Minute)
	_, err := c.Get(private.URL + "/?token=hush")
	if !errors.Is(err, ErrRefusedAddress) {
		t.Fatalf("%v, want a refusal", err)
	}
	if text := Problem(err); text != ErrRefusedAddress.Error() {
		t.Errorf("problem %q", text)
	}
}

func TestProblemsKeepTheURL(t *testing.T) {
	hung := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer hung.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for target, want := range map[string]string{hung.URL: "took too long", gone.URL: "cannot be reached"} {
		_, err := Policy{}.Fetcher(100 * time.Millisecond).Get(target + "/?token=hush")
		if text := Problem(err); !strings.Contains(text, want) || strings.Contains(text, "hush") {
			t.Errorf("problem %q, want %q and no URL", text, want)
		}
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
