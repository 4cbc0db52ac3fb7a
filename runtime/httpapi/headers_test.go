package httpapi

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
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
		if got := prefers(accept, "image/png", "application/json"); got != want {
			t.Errorf("%q gets %s, want %s", accept, got, want)
		}
	}
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
		if got := acceptsGzip(http.Header{"Accept-Encoding": strings.SplitAfterN(accept, ",", 2)}); got != want {
			t.Errorf("%q: %t", accept, got)
		}
	}
}

// A browser saves a file under its sender's name, but never elsewhere than in
// its own folder, and shows only what cannot run.
func TestDisposition(t *testing.T) {
	for _, c := range []struct{ original, mimetype, kind, want string }{
		{"", "image/jpeg", "inline", "stored.bin"},
		{"report.pdf", "text/html", "attachment", "report.pdf"},
		{"report.pdf", "image/svg+xml", "attachment", "report.pdf"},
		{"Größe 1.pdf", "application/x-sh", "attachment", "Größe 1.pdf"},
		{`a"b;c.txt`, "image/png", "inline", `a"b;c.txt`},
		{"../../etc/passwd", "application/zip", "attachment", ".._.._etc_passwd"},
		{`C:\a.exe`, "application/zip", "attachment", "C:_a.exe"},
		{"a\r\nX-Evil: 1", "application/zip", "attachment", "a__X-Evil: 1"},
		{"a\x00b\xff", "application/zip", "attachment", "a_b_"},
	} {
		f := file{name: "stored.bin", original: c.original}
		f.MIMEType = c.mimetype
		header := disposition(f)
		kind, params, err := mime.ParseMediaType(header)
		if err != nil || kind != c.kind || params["filename"] != c.want || strings.ContainsAny(header, "\r\n") {
			t.Errorf("%q as %s: %q, %v; want %s of %q", c.original, c.mimetype, header, err, c.kind, c.want)
		}
	}
}

// The time that a body may take grows with what has come, up to a bound.
func TestABodyEarnsItsTime(t *testing.T) {
	began := time.Now()
	for read, want := range map[int64]time.Duration{
		0: graceTime, slowest - 1: graceTime, slowest: graceTime + time.Second, 10 * slowest: graceTime + 10*time.Second, 1 << 40: fileBodyTime,
	} {
		s := steady{began: began, read: read}
		if got := s.deadline().Sub(began); got != want {
			t.Errorf("after %d bytes %v, want %v", read, got, want)
		}
	}
}

// A body arrives whole, on real connections and where there is none.
func TestASteadyBodyIsWhole(t *testing.T) {
	const size = 3*slowest + 1
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(newSteady(w, r.Body))
		fmt.Fprint(w, len(b), err)
	})
	srv := httptest.NewServer(handler)
	defer srv.Close()
	for range 2 { // the second request is on the same connection
		resp, err := http.Post(srv.URL, "text/plain", strings.NewReader(strings.Repeat("x", size)))
		if err != nil {
			t.Fatal(err)
		}
		answer, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if string(answer) != fmt.Sprint(size, nil) {
			t.Errorf("answer %s", answer)
		}
	}
	w := httptest.NewRecorder()
	handler(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader("abc")))
	if got := w.Body.String(); got != fmt.Sprint(3, nil) {
		t.Errorf("without a connection: %s", got)
	}
}

// Errors that clients are told begin with a capital.
func TestSentence(t *testing.T) {
	for _, err := range []error{chat.ErrTooLate, chat.ErrRefused, chat.ErrNotSent, chat.ErrNoMedia} {
		got := sentence(fmt.Errorf("%w", err))
		if !strings.EqualFold(got, err.Error()) || got[:1] != strings.ToUpper(got[:1]) || strings.HasSuffix(got, ".") {
			t.Errorf("%v reads %q", err, got)
		}
	}
}
