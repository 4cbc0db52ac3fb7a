package text

import (
	"reflect"
	"runtime"
	"strings"
	"testing"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		given string
		want  []Span
	}{
		{"hello", []Span{{Text: "hello"}}},
		{"*bold* move", []Span{{Text: "bold", Bold: true}, {Text: " move"}}},
		{"_a_, ~b~!", []Span{{Text: "a", Italic: true}, {Text: ", "}, {Text: "b", Strike: true}, {Text: "!"}}},
		{"*a _b_*", []Span{{Text: "a ", Bold: true}, {Text: "b", Bold: true, Italic: true}}},
		{"2*3*4 and snake_case_name", []Span{{Text: "2*3*4 and snake_case_name"}}},
		{"* a * b", []Span{{Text: "* a * b"}}},
		{"*not\nover lines*", []Span{{Text: "*not\nover lines*"}}},
		{"**", []Span{{Text: "**"}}},
		{"run `rm -rf`", []Span{{Text: "run "}, {Text: "rm -rf", Code: true}}},
		{"```a *b*\nc```d", []Span{{Text: "a *b*\nc", Code: true}, {Text: "d"}}},
		{"see https://example.com/a_b_c.", []Span{{Text: "see "}, {Text: "https://example.com/a_b_c", Link: "https://example.com/a_b_c"}, {Text: "."}}},
		{"(https://en.wikipedia.org/wiki/A_(b))", []Span{{Text: "("}, {Text: "https://en.wikipedia.org/wiki/A_(b)", Link: "https://en.wikipedia.org/wiki/A_(b)"}, {Text: ")"}}},
		{"*https://a.example*", []Span{{Text: "*"}, {Text: "https://a.example", Link: "https://a.example"}, {Text: "*"}}},
		{"javascript:alert(1) data:text/html,x", []Span{{Text: "javascript:alert(1) data:text/html,x"}}},
		{"https://bank.example@evil.example", []Span{{Text: "https://bank.example@evil.example"}}},
		{`https://a.example/"onclick=x`, []Span{{Text: "https://a.example/", Link: "https://a.example/"}, {Text: `"onclick=x`}}},
		{"a\u202eb\x00c", []Span{{Text: "abc"}}},
		{"", nil},
	} {
		if got := Format(c.given); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q:\n got %+v\nwant %+v", c.given, got, c.want)
		}
	}
}

// A message is up to 64 KiB long, and its sender chooses what is in it. What is copied
// again and again shows in the memory.
func TestFormatOfHostileTexts(t *testing.T) {
	for _, piece := range []string{"*", "*a", "_*~`", "```", "*a*", "https://", "https://a.example)", "(", "\n", "https://a.example/((((", "\u202e", "*a_b~"} {
		given := strings.Repeat(piece, 65536/len(piece))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		spans := Format(given)
		runtime.ReadMemStats(&after)
		if each := (after.TotalAlloc - before.TotalAlloc) / uint64(len(given)); each > 1024 {
			t.Errorf("%q took %d bytes for each of its own", piece, each)
		}
		var b strings.Builder
		for _, s := range spans {
			b.WriteString(s.Text)
		}
		if strings.Trim(b.String(), markers) == "" && piece == "https://" {
			t.Errorf("%q lost its text", piece)
		}
	}
}

// Whatever a text is, no letter of it is lost, and no link leads anywhere but to a web
// address.
func FuzzFormat(f *testing.F) {
	f.Add("*a* _b_ ~c~ `d` ```e``` https://example.com/x)")
	f.Add("*https://a.example*_b")
	f.Fuzz(func(t *testing.T, given string) {
		var b strings.Builder
		for _, s := range Format(given) {
			if s.Text == "" {
				t.Error("an empty span")
			}
			if s.Link != "" && !strings.HasPrefix(s.Link, "http://") && !strings.HasPrefix(s.Link, "https://") {
				t.Errorf("a link to %q", s.Link)
			}
			b.WriteString(s.Text)
		}
		strip := strings.NewReplacer("*", "", "_", "", "~", "", "`", "")
		if got, want := strip.Replace(b.String()), strip.Replace(Lines(given)); got != want {
			t.Errorf("%q became %q", want, got)
		}
	})
}
