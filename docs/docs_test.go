package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// documents are all Markdown files that people wrote, by path from the root.
func documents(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"../*.md", "*.md", "decisions/*.md", "reference/*.md", "runbooks/*.md", "../charts/*/README.md"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all[name] = string(text)
		}
	}
	return all
}

var link = regexp.MustCompile(`\]\(([^)#:]*)(#[^)]*)?\)`)

func TestLinksLeadSomewhere(t *testing.T) {
	for name, text := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			path := filepath.Join(filepath.Dir(name), m[1])
			if m[1] == "" {
				path = name
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
				continue
			}
			if anchor := strings.TrimPrefix(m[2], "#"); anchor != "" && strings.HasSuffix(path, ".md") && !slices.Contains(anchors(t, path), anchor) {
				t.Errorf("%s links to the heading #%s of %s, which is not there", name, anchor, path)
			}
		}
	}
}

var heading = regexp.MustCompile(`(?m)^#+ (.+)$`)

// anchors are the names under which GitHub, and the site, reach a document's headings.
func anchors(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, m := range heading.FindAllSubmatch(text, -1) {
		all = append(all, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, string(m[1])))
	}
	return all
}

var code = regexp.MustCompile("`([^`\n]+)`")

// Paths and tests that a document names, so that whoever follows it finds them. A
// word in angle brackets stands for any.
func TestDocumentsNameWhatIsThere(t *testing.T) {
	tests := allTests(t)
	folders := regexp.MustCompile(`^(api|charts|cmd|config|controllers|docs|gateway|hack|kubectl|runtime|test)/[\w./<>-]+$`)
	for name, text := range documents(t) {
		if strings.HasPrefix(name, "decisions/") {
			continue // they speak of their day
		}
		for _, m := range code.FindAllStringSubmatch(text, -1) {
			word := m[1]
			if folders.MatchString(word) {
				found, err := filepath.Glob(filepath.Join("..", regexp.MustCompile(`<\w+>`).ReplaceAllString(word, "*")))
				if err != nil || len(found) == 0 {
					t.Errorf("%s names %s, which is not there", name, word)
				}
			}
			if strings.HasPrefix(word, "Test") && !strings.Contains(word, " ") && !tests[word] {
				t.Errorf("%s names the test %s, which is not there", name, word)
			}
		}
	}
}

func allTests(t *testing.T) map[string]bool {
	t.Helper()
	tests := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range declared.FindAllSubmatch(source, -1) {
			tests[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tests
}

// The list in README.md is the site's navigation: a page that it lacks is found by
// nobody.
func TestEveryPageIsListed(t *testing.T) {
	list, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		if page != "README.md" && !strings.Contains(string(list), "]("+page+")") {
			t.Errorf("docs/README.md does not list %s", page)
		}
	}
}

func TestTroubleshootingKnowsEveryReasonThatNeedsSomebody(t *testing.T) {
	reference, err := os.ReadFile("reference/conditions.md")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(reference), "\n## Reasons for a session that needs intervention\n")
	section, _, _ = strings.Cut(section, "\n## ")
	reasons := regexp.MustCompile("(?m)^\\| `(\\w+)`").FindAllStringSubmatch(section, -1)
	if !found || len(reasons) < 20 {
		t.Fatalf("%d reasons were found in the reference", len(reasons))
	}
	for _, reason := range reasons {
		if !strings.Contains(string(page), "`"+reason[1]+"`") {
			t.Errorf("docs/troubleshooting.md says nothing about %s", reason[1])
		}
	}
}
