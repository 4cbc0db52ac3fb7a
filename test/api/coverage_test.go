package api

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// coverage notes which calls of the API these tests make. A call that none of
// them makes fails the run: whoever adds one is told that its test is missing.
type coverage struct {
	mu    sync.Mutex
	calls map[string]bool // whether each was made, by "METHOD /pattern"
}

var calls = &coverage{calls: map[string]bool{}}

// offered notes the calls that a runtime describes.
func (c *coverage) offered(paths map[string]map[string]any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for path, methods := range paths {
		for method := range methods {
			pattern := methodOf(method) + " " + path
			if _, known := c.calls[pattern]; !known {
				c.calls[pattern] = false
			}
		}
	}
}

// made notes a call.
func (c *coverage) made(r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	best, params := "", 0
	for pattern := range c.calls {
		if n := strings.Count(pattern, "{"); matches(pattern, r) && (best == "" || n < params) {
			best, params = pattern, n
		}
	}
	if best != "" {
		c.calls[best] = true
	}
}

func matches(pattern string, r *http.Request) bool {
	want, have := strings.Split(pattern, "/"), strings.Split(r.Method+" "+r.URL.EscapedPath(), "/")
	return slices.EqualFunc(want, have, func(want, have string) bool { return want == have || strings.HasPrefix(want, "{") })
}

func (c *coverage) missing() (patterns []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for pattern, made := range c.calls {
		if !made {
			patterns = append(patterns, pattern)
		}
	}
	slices.Sort(patterns)
	return patterns
}

func methodOf(key string) string {
	return map[string]string{"get": "GET", "post": "POST", "put": "PUT", "delete": "DELETE"}[key]
}

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	everything := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.skip").Value.String() == ""
	if missing := calls.missing(); code == 0 && everything && len(missing) > 0 {
		fmt.Fprintln(os.Stderr, "No test in test/api makes these calls:")
		for _, pattern := range missing {
			fmt.Fprintln(os.Stderr, " ", pattern)
		}
		code = 1
	}
	os.Exit(code)
}
