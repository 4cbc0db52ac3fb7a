package text

import (
	"strings"
	"testing"
)

func TestLine(t *testing.T) {
	for _, c := range []struct{ what, given, want string }{
		{"a name", "Bob", "Bob"},
		{"letters of all scripts", "Zoë 李 محمد", "Zoë 李 محمد"},
		{"line breaks and runs of space", " a\r\n\t b  ", "a b"},
		{"HTML is left to the template", "<script>alert(1)</script>", "<script>alert(1)</script>"},
		{"an override of the direction", "invoice\u202efdp.exe", "invoicefdp.exe"},
		{"isolates and embeddings", "\u2066a\u2069\u202ab\u202c", "ab"},
		{"control characters", "a\x00\x1b[31mb\x7f", "a[31mb"},
		{"line separators", "a\u2028b\u2029c", "a b c"},
		{"bytes that are no text", "a\xff\xfeb", "ab"},
		{"an emoji of several characters stays whole", "👩\u200d👧 ❤\ufe0f", "👩\u200d👧 ❤\ufe0f"},
		{"too long", strings.Repeat("ä", 60), strings.Repeat("ä", 50) + "…"},
		{"nothing", "", ""},
	} {
		if got := Line(c.given, 50); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

func TestInitials(t *testing.T) {
	for given, want := range map[string]string{
		"Bob": "B", "Anna van Dyk": "AV", "+49 151": "41", "": "", "🎉": "", "🎉 Party": "P", "<b>": "B", "éa öb": "ÉÖ",
	} {
		if got := Initials(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}

func TestClip(t *testing.T) {
	if got, cut := Clip("äöü", 2); got != "äö" || !cut {
		t.Errorf("%q %t", got, cut)
	}
	if got, cut := Clip("äöü", 3); got != "äöü" || cut {
		t.Errorf("%q %t", got, cut)
	}
}
