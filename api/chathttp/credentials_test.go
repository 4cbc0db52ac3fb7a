package chathttp

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

func TestWhereARequestCarriesItsKey(t *testing.T) {
	for what, r := range map[string]*http.Request{
		"WAHA's header":         with("X-Api-Key", "K"),
		"WAHA's, in small":      with("x-api-key", "K"),
		"Wappfy's header":       with("apikey", "K"),
		"WAHA's query":          httptest.NewRequest("GET", "/?x-api-key=K", nil),
		"Wawp's query":          httptest.NewRequest("GET", "/?access_token=K", nil),
		"beside a broken query": httptest.NewRequest("GET", "/?a=%zz&access_token=K", nil),
	} {
		if got := Secret(r); got != "K" {
			t.Errorf("%s: %q", what, got)
		}
	}
	for _, target := range []string{"/", "/?apikey=K", "/?X-API-KEY=K", "/?key=K"} {
		if got := Secret(httptest.NewRequest("GET", target, nil)); got != "" {
			t.Errorf("%s: %q", target, got)
		}
	}
}

// A header goes before the query, and WAHA's names before the others'.
func TestWhichOfSeveralKeysCounts(t *testing.T) {
	r := with("X-Api-Key", "K")
	r.Header.Set("apikey", "second")
	r.URL.RawQuery = "x-api-key=third&access_token=fourth"
	for _, want := range []string{"K", "second", "third", "fourth", ""} {
		if got := Secret(r); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		switch want {
		case "K":
			r.Header.Del("X-Api-Key")
		case "second":
			r.Header.Del("apikey")
		case "third":
			r.URL.RawQuery = "access_token=fourth"
		default:
			r.URL.RawQuery = ""
		}
	}
}

func TestListsOfNamesAreCopies(t *testing.T) {
	Headers()[0], Queries()[0] = "changed", "changed"
	if Headers()[0] != "X-Api-Key" || Queries()[0] != "x-api-key" {
		t.Error("a caller changed where keys are read from")
	}
}

func TestBearer(t *testing.T) {
	for header, want := range map[string]string{
		"Bearer T": "T", "bearer  T ": "T", "": "", "Bearer": "", "Basic T": "", "T": "", "Bearer\tT": "",
	} {
		if got := Bearer(with("Authorization", header)); got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
}

func TestNothingOfACallersCredentialsGoesOn(t *testing.T) {
	header, query := http.Header{"Accept": {"*/*"}}, url.Values{"limit": {"1"}}
	for _, name := range append(Headers(), "Authorization", "Cookie") {
		header.Set(name, "K")
	}
	for _, name := range Queries() {
		query.Set(name, "K")
	}
	Strip(header, query)
	if len(header) != 1 || len(query) != 1 {
		t.Errorf("left are %v and %v", header, query)
	}
}

func with(name, value string) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set(name, value)
	return r
}
