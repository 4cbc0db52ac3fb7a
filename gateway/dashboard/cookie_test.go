package dashboard

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// clock is a clock that tests set.
type clock struct{ time time.Time }

func (c *clock) now() time.Time { return c.time }

func newClock() *clock { return &clock{time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)} }

var testKey = bytes.Repeat([]byte{7}, 32)

// given is a request with the cookie that a login sets.
func given(t *testing.T, c cookies, secret string) *http.Request {
	t.Helper()
	w := httptest.NewRecorder()
	if err := c.set(w, httptest.NewRequest("POST", "https://wa.example.com/dashboard/login", nil), secret); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/dashboard/", nil)
	r.AddCookie(w.Result().Cookies()[0])
	return r
}

func TestACookieHoldsTheKeyForADay(t *testing.T) {
	clock := newClock()
	c, err := newCookies(testKey, clock.now)
	if err != nil {
		t.Fatal(err)
	}
	r := given(t, c, "key-of-the-visitor")
	if strings.Contains(r.Header.Get("Cookie"), "visitor") {
		t.Error("the cookie shows the key")
	}
	if l, ok := c.get(r); !ok || l.Secret != "key-of-the-visitor" {
		t.Errorf("got %+v, %v", l, ok)
	}
	clock.time = clock.time.Add(loginTime - time.Second)
	if _, ok := c.get(r); !ok {
		t.Error("the login ends early")
	}
	clock.time = clock.time.Add(time.Second)
	if _, ok := c.get(r); ok {
		t.Error("the login never ends")
	}
}

func TestACookieThatIsNotOurs(t *testing.T) {
	c, err := newCookies(testKey, newClock().now)
	if err != nil {
		t.Fatal(err)
	}
	other, err := newCookies(bytes.Repeat([]byte{8}, 32), newClock().now)
	if err != nil {
		t.Fatal(err)
	}
	value := given(t, c, "key-of-the-visitor").Cookies()[0].Value
	changed := []byte(value)
	changed[len(changed)/2] ^= 1
	for what, value := range map[string]string{
		"of another key": given(t, other, "key-of-the-visitor").Cookies()[0].Value,
		"changed":        string(changed), "cut": value[:len(value)-4], "short": "AAAA", "no base64": "{}", "empty": "",
	} {
		r := httptest.NewRequest("GET", "/dashboard/", nil)
		r.AddCookie(&http.Cookie{Name: cookieName, Value: value})
		if l, ok := c.get(r); ok {
			t.Errorf("a cookie that is %s opens %+v", what, l)
		}
	}
	if _, err := newCookies([]byte("short"), newClock().now); err == nil {
		t.Error("a short key is taken")
	}
	if err := c.set(httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil), strings.Repeat("x", 4000)); !errors.Is(err, errLongSecret) {
		t.Errorf("a token that no browser keeps: %v", err)
	}
}

func TestWhereACookieGoes(t *testing.T) {
	for what, c := range map[string]struct {
		url, proto string
		secure     bool
	}{
		"https":                     {"https://wa.example.com/", "", true},
		"a proxy with TLS":          {"http://wa.example.com/", "https", true},
		"a proxy that says nothing": {"http://wa.example.com/", "", true},
		"port-forward":              {"http://localhost:3000/", "", false},
		"its address":               {"http://127.0.0.1:3000/", "", false},
		"its address in IPv6":       {"http://[::1]:3000/", "", false},
		"TLS on the same machine":   {"http://localhost:3000/", "https", true},
		"a name like it":            {"http://localhost.example.com/", "", true},
	} {
		r := httptest.NewRequest("GET", c.url, nil)
		if c.proto != "" {
			r.Header.Set("X-Forwarded-Proto", c.proto)
		}
		got := cookie(r, "x", 1)
		if got.Secure != c.secure || !got.HttpOnly || got.SameSite != http.SameSiteStrictMode || got.Path != "/dashboard/" {
			t.Errorf("%s: %+v, want Secure %v", what, got, c.secure)
		}
	}
}

func TestTokensOfForms(t *testing.T) {
	c, err := newCookies(testKey, newClock().now)
	if err != nil {
		t.Fatal(err)
	}
	mine, other := login{ID: "mine"}, login{ID: "other"}
	first, second := c.token(mine), c.token(mine)
	if first == second {
		t.Error("a token is the same twice")
	}
	if !c.checks(mine, first) || !c.checks(mine, second) {
		t.Error("the login's own token is refused")
	}
	for _, token := range []string{c.token(other), "", "AAAA", first[:len(first)-2], "{}"} {
		if c.checks(mine, token) {
			t.Errorf("the token %q is taken", token)
		}
	}
}
