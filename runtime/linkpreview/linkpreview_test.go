package linkpreview

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/egress"
	"github.com/wasession/wasession/runtime/egress/egresstest"
)

func TestLink(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		"no link at all":                    "",
		"example.com is none here":          "",
		"see https://a.b/c?d=e#f":           "https://a.b/c?d=e#f",
		"see https://a.b/c. And http://x.y": "https://a.b/c",
		"(https://a.b/c)":                   "https://a.b/c",
		"https://a.b/c_(d)":                 "https://a.b/c_(d)",
		"HTTPS://A.B/x, please":             "HTTPS://A.B/x",
		"*https://a.b*":                     "https://a.b",
		"line\nhttps://a.b\nline":           "https://a.b",
		"xhttps://a.b":                      "",
		"https://":                          "",
		"javascript:alert('https://a.b/c')": "https://a.b/c",
	} {
		if got := Link(text); got != want {
			t.Errorf("%q links to %q, want %q", text, got, want)
		}
	}
}

func TestReadHead(t *testing.T) {
	for page, want := range map[string]about{
		``: {},
		`<title> A  page
			</title><p>text`: {title: "A page"},
		`<title>A</title><meta name="description" content="D">`:                                                   {title: "A", description: "D"},
		`<head><title>A</title><meta property="og:title" content="O &amp; P"><meta name=twitter:title content=T>`: {title: "O & P"},
		`<META PROPERTY="OG:TITLE" CONTENT="O"><meta property="og:image" content="/i.png">`:                       {title: "O", image: "/i.png"},
		`<title>A</title></head><meta property="og:title" content="late">`:                                        {title: "A"},
		`<title>A</title><body><meta property="og:title" content="late">`:                                         {title: "A"},
		`<meta property="og:title" content="1"><meta property="og:title" content="2">`:                            {title: "1"},
		`<meta property="og:title"`:                              {},
		`<script>"<title>no</title>"</script><title>yes</title>`: {title: "yes"},
	} {
		if got := readHead(strings.NewReader(page)); got != want {
			t.Errorf("%q says %+v, want %+v", page, got, want)
		}
	}
	long := readHead(strings.NewReader("<title>" + strings.Repeat("ä", 1000) + "</title>"))
	if n := len([]rune(long.title)); n != titleLength {
		t.Errorf("a long title has %d characters", n)
	}
}

// site is a page with an image, and pages of no use.
func site(t *testing.T) *httptest.Server {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 10, 10))); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=iso-8859-1")
		switch r.URL.Path {
		case "/page":
			fmt.Fprint(w, "<title>K\xf6ln</title><meta property=og:image content=img.png>")
		case "/moved":
			http.Redirect(w, r, "/page", http.StatusFound)
		case "/img.png":
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(picture.Bytes())
		case "/broken-image":
			fmt.Fprint(w, "<title>T</title><meta property=og:image content=/page>")
		case "/file":
			w.Header().Set("Content-Type", "application/zip")
		case "/untitled":
			fmt.Fprint(w, "<p>hello")
		case "/endless":
			for r.Context().Err() == nil {
				if _, err := fmt.Fprint(w, strings.Repeat("<!-- x -->", 1000)); err != nil {
					return
				}
			}
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	return srv
}

func TestRead(t *testing.T) {
	srv := site(t)
	r := New(egresstest.Loopback(t).Callers(), func(image.Image) []byte { return []byte("small") })
	for _, path := range []string{"/page", "/moved"} {
		p, err := r.Read(t.Context(), srv.URL+path)
		if err != nil || p.URL != srv.URL+path || p.Title != "Köln" || string(p.Thumbnail) != "small" {
			t.Errorf("%s: %+v, %v", path, p, err)
		}
	}
	if p, err := r.Read(t.Context(), srv.URL+"/broken-image"); err != nil || p.Title != "T" || p.Thumbnail != nil {
		t.Errorf("a broken image: %+v, %v", p, err)
	}
	for _, path := range []string{"/file", "/untitled", "/gone", "/endless"} {
		if p, err := r.Read(t.Context(), srv.URL+path); !errors.Is(err, ErrNone) {
			t.Errorf("%s: %+v, %v; want none", path, p, err)
		}
	}
}

func TestPreviewsKeepToThePolicy(t *testing.T) {
	srv := site(t)
	r := New(egress.Policy{}, nil)
	if p, err := r.Read(t.Context(), srv.URL+"/page"); !errors.Is(err, egress.ErrRefusedAddress) {
		t.Errorf("%+v, %v; want a refusal", p, err)
	}
}
