package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// documents are all Markdown files that people wrote, by path from the root.
func documents(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"../*.md", "*.md", "decisions/*.md", "../charts/*/README.md"} {
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

var link = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

func TestLinksLeadSomewhere(t *testing.T) {
	for name, text := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
		}
	}
}

var code = regexp.MustCompile("`([^`\n]+)`")

// Paths and tests that a document names, so that whoever follows it finds them. A
// word in angle brackets stands for any.
func TestDocumentsNameWhatIsThere(t *testing.T) {
	tests := allTests(t)
	rooms := regexp.MustCompile(`^(api|charts|cmd|config|controllers|docs|hack|runtime|test)/[\w./<>-]+$`)
	for name, text := range documents(t) {
		if strings.HasPrefix(name, "decisions/") {
			continue // they speak of their day
		}
		for _, m := range code.FindAllStringSubmatch(text, -1) {
			word := m[1]
			if rooms.MatchString(word) {
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
