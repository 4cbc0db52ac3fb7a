package httpapi

import (
	"encoding/json"
	"net/http/httptest"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

type description struct {
	OpenAPI  string
	Security []map[string][]string
	Paths    map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Summary     string
		Security    *[]any
		Parameters  []struct {
			Name, In string
			Required bool
			Schema   map[string]any
		}
		RequestBody map[string]any
		Responses   map[string]any
	}
	Components struct {
		Schemas         map[string]struct{ Properties map[string]any }
		SecuritySchemes map[string]any
	}
}

func describe(t *testing.T, s *server) (d description) {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/openapi.json", nil))
	s.expect(w, 200, &d)
	return d
}

// Every route is described, and everything described is served.
func TestDescriptionIsTheAPI(t *testing.T) {
	s := newServer(t)
	d := describe(t, s)
	if d.OpenAPI != "3.1.0" {
		t.Errorf("version %s", d.OpenAPI)
	}
	for _, r := range s.routes {
		if _, ok := d.Paths[r.pattern][strings.ToLower(r.method)]; !ok {
			t.Errorf("%s %s is not described", r.method, r.pattern)
		}
	}
	braces := regexp.MustCompile(`\{[a-zA-Z]+\}`)
	described := 0
	for path, methods := range d.Paths {
		for method := range methods {
			described++
			target := braces.ReplaceAllString(path, "x")
			if strings.HasSuffix(path, "/debug/cpu") {
				target += "?seconds=0" // refused, where it would take half a minute
			}
			w := s.request(strings.ToUpper(method), target, "")
			if w.Code == 404 && strings.Contains(w.Body.String(), "Cannot ") {
				t.Errorf("%s %s is described and not served", method, path)
			}
		}
	}
	if described != len(s.routes) {
		t.Errorf("%d operations described, %d routes", described, len(s.routes))
	}
}

func TestDescriptionOfARoute(t *testing.T) {
	s := newServer(t)
	d := describe(t, s)
	list := d.Paths["/api/{session}/chats"]["get"]
	names := map[string]map[string]any{}
	for _, p := range list.Parameters {
		names[p.In+" "+p.Name] = p.Schema
	}
	limit := names["query limit"]
	if limit["type"] != "integer" || limit["minimum"] != 0.0 || limit["maximum"] != nil {
		t.Errorf("limit is %v", limit)
	}
	if merge := names["query merge"]; merge["type"] != "boolean" || merge["default"] != true {
		t.Errorf("merge is %v", merge)
	}
	if order := names["query sortOrder"]; order["default"] != "desc" || len(order["enum"].([]any)) != 2 {
		t.Errorf("sortOrder is %v", order)
	}
	if names["path session"] == nil {
		t.Error("the session is not described")
	}
	for _, status := range []string{"200", "400", "401", "403", "422", "500"} {
		if list.Responses[status] == nil {
			t.Errorf("%s is not described", status)
		}
	}
	if ping := d.Paths["/ping"]["get"]; ping.Security == nil || len(*ping.Security) != 0 {
		t.Error("ping seems to want a key")
	}
	if len(d.Security) != 4 || len(d.Components.SecuritySchemes) != 4 {
		t.Errorf("keys: %v", d.Security)
	}
	for name, members := range map[string][]string{
		"Message": {"id", "timestamp", "replyTo", "_data", "media"}, "Chat": {"id", "archived", "unreadCount"}, "Summary": {"_chat", "lastMessage", "picture"},
		"Session": {"name", "status", "config", "me"},
	} {
		for _, m := range members {
			if _, ok := d.Components.Schemas[name].Properties[m]; !ok {
				t.Errorf("%s has no %s", name, m)
			}
		}
	}
}

// References lead somewhere, operations have names of their own, and parameters
// in the path are those of the path.
func TestDescriptionIsSound(t *testing.T) {
	s := newServer(t)
	raw := s.request("GET", "/openapi.json", "").Body.Bytes()
	var d description
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	for _, ref := range regexp.MustCompile(`#/components/schemas/([A-Za-z0-9_]+)`).FindAllStringSubmatch(string(raw), -1) {
		if _, ok := d.Components.Schemas[ref[1]]; !ok {
			t.Errorf("%s leads nowhere", ref[0])
		}
	}
	seen := map[string]bool{}
	for path, methods := range d.Paths {
		for method, o := range methods {
			if seen[o.OperationID] || o.OperationID == "" || o.Summary == "" {
				t.Errorf("%s %s has the id %q", method, path, o.OperationID)
			}
			seen[o.OperationID] = true
			inPath := map[string]bool{}
			for _, p := range o.Parameters {
				if p.In == "path" {
					inPath[p.Name] = true
					if !strings.Contains(path, "{"+p.Name+"}") || !p.Required {
						t.Errorf("%s %s: parameter %s", method, path, p.Name)
					}
				}
			}
			if len(inPath) != strings.Count(path, "{") {
				t.Errorf("%s %s describes %v", method, path, inPath)
			}
		}
	}
}

// The examples can be sent as they are: they have all that a call needs, and what they
// have is taken.
func TestExamplesAreTaken(t *testing.T) {
	s := newServer(t)
	d := describe(t, s)
	for _, r := range s.routes {
		if r.in.Body == nil {
			continue
		}
		described, _ := d.Paths[r.pattern][strings.ToLower(r.method)].RequestBody["content"].(map[string]any)
		body, _ := described["application/json"].(map[string]any)
		example, err := json.Marshal(body["example"])
		if err != nil {
			t.Fatal(err)
		}
		if body["example"] == nil {
			example = []byte("{}")
		}
		path := strings.NewReplacer("{session}", "sales", "{chatId}", "15550001111@c.us", "{messageId}", "true_15550001111@c.us_3EB0C767D26A1B6D3F9A").Replace(r.pattern)
		if w := s.request(r.method, path, string(example)); w.Code == 400 {
			t.Errorf("%s %s does not take its example %s: %s", r.method, path, example, w.Body)
		}
	}
}

// The page loads what is served beside it, and nothing from elsewhere.
func TestDocsPage(t *testing.T) {
	s := newServer(t)
	w := s.request("GET", "/docs", "")
	if w.Code != 200 || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %s", policy)
	}
	loaded := regexp.MustCompile(`(?:src|href)="([^":]+)"`).FindAllStringSubmatch(w.Body.String(), -1)
	if len(loaded) < 4 || strings.Contains(w.Body.String(), "//") {
		t.Errorf("the page loads %v", loaded)
	}
	for _, reference := range loaded {
		file := s.request("GET", "/"+reference[1], "")
		if file.Code != 200 || file.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", reference[1], file.Code, file.Header())
		}
	}
}

// Anybody may ask for the description: it is made once, and sent once to those
// who keep it.
func TestTheDescriptionIsMadeOnce(t *testing.T) {
	s := newServer(t)
	for _, path := range []string{"/openapi.json", "/docs"} {
		first := s.request("GET", path, "")
		etag := first.Header().Get("ETag")
		if first.Code != 200 || etag == "" {
			t.Fatalf("%s: %d, tag %q", path, first.Code, etag)
		}
		if w := s.request("GET", path, "", "If-None-Match", etag); w.Code != 304 || w.Body.Len() != 0 {
			t.Errorf("%s again: %d with %d bytes", path, w.Code, w.Body.Len())
		}
		allocated := testing.AllocsPerRun(20, func() { s.request("GET", path, "", "If-None-Match", etag) })
		if allocated > 500 {
			t.Errorf("%s again: %.0f allocations", path, allocated)
		}
	}
}

// Whatever is answered in JSON is a shape of wire, where it has a golden file.
func TestEveryAnswerIsAShapeOfWire(t *testing.T) {
	const shapes = "github.com/wasession/wasession/runtime/wire"
	for _, r := range newServer(t).table() {
		for _, answer := range append(r.outs, r.out) {
			for answer != nil && answer.Name() == "" && answer.Kind() != reflect.Struct && answer.Kind() != reflect.Map && answer.Kind() != reflect.Interface {
				answer = answer.Elem()
			}
			if answer != nil && answer.Kind() == reflect.Func && !strings.Contains(answer.Name(), shapes+".") {
				t.Errorf("%s %s lists %s, which is no shape of runtime/wire", r.method, r.pattern, answer)
			}
			if answer == nil || answer.Kind() != reflect.Struct || answer == reflect.TypeFor[none]() || answer == reflect.TypeFor[file]() || answer == reflect.TypeFor[document]() {
				continue
			}
			if answer.PkgPath() != shapes {
				t.Errorf("%s %s answers with %s: move it to runtime/wire and give it a golden file", r.method, r.pattern, answer)
			}
		}
	}
}
