package httpapi

import (
	"fmt"
	"mime"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

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

// Errors that clients are told begin with a capital.
func TestSentence(t *testing.T) {
	for _, err := range []error{chat.ErrTooLate, chat.ErrRefused, chat.ErrNotSent, chat.ErrNoMedia} {
		got := sentence(fmt.Errorf("%w", err))
		if !strings.EqualFold(got, err.Error()) || got[:1] != strings.ToUpper(got[:1]) || strings.HasSuffix(got, ".") {
			t.Errorf("%v reads %q", err, got)
		}
	}
}
