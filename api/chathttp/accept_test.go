package chathttp

import (
	"net/http"
	"strings"
	"testing"
)

func TestPrefers(t *testing.T) {
	for accept, want := range map[string]string{
		"":                                     "image/png",
		"*/*":                                  "image/png",
		"image/*":                              "image/png",
		"image/png":                            "image/png",
		"application/json":                     "application/json",
		"Application/JSON":                     "application/json",
		" application/json ; charset=utf-8":    "application/json",
		"text/html":                            "image/png",
		"text/html, application/json":          "application/json",
		"application/json, */*":                "application/json",
		"image/*, application/json":            "application/json",
		"application/json;q=0.5, image/png":    "image/png",
		"application/json;q=0.9, image/*;q=.8": "application/json",
		"application/json;q=0":                 "image/png",
		"application/json;q=2":                 "application/json",
		"application/json;q=x":                 "application/json",
		"application/json;v=1;q=0.1, */*":      "image/png",
		";;,,/":                                "image/png",
	} {
		if got := Prefers(accept, "image/png", "application/json"); got != want {
			t.Errorf("%q gets %s, want %s", accept, got, want)
		}
	}
}

func FuzzAccept(f *testing.F) {
	f.Add("text/html,application/xml;q=0.9,*/*;q=0.8")
	f.Add(";;q=;q=2,/,*")
	f.Add("text/*;q=NaN")
	f.Fuzz(func(t *testing.T, accept string) {
		offers := []string{"application/json", "application/xml", "text/plain"}
		switch got := Prefers(accept, offers...); got {
		case offers[0], offers[1], offers[2]:
		default:
			t.Errorf("%q prefers %q", accept, got)
		}
	})
}

func TestAcceptsGzip(t *testing.T) {
	for accept, want := range map[string]bool{
		"":                              false,
		"gzip":                          true,
		"GZip":                          true,
		"x-gzip":                        true,
		"gzip, deflate, br, zstd":       true,
		"br;q=1.0, gzip;q=0.8, *;q=0.1": true,
		"*":                             true,
		"*;q=0":                         false,
		"gzip;q=0":                      false,
		"gzip;q=0, *":                   false,
		"gzip;q=0.5, *;q=0":             true,
		"identity":                      false,
		"identity, gzip;q=0.5":          false,
		"identity;q=0.5, gzip":          true,
		"identity;q=0":                  false,
		"br, deflate":                   false,
		";;,,/":                         false,
	} {
		if got := AcceptsGzip(http.Header{"Accept-Encoding": strings.SplitAfterN(accept, ",", 2)}); got != want {
			t.Errorf("%q: %t", accept, got)
		}
	}
}
