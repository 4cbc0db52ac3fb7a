package gateway

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
)

// routes are all calls that the gateway describes.
func (d *door) routes() (all [][2]string) {
	d.t.Helper()
	raw := d.do("", "GET", "/openapi.json", "").body
	var document struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal([]byte(raw), &document); err != nil {
		d.t.Fatal(err)
	}
	for path, methods := range document.Paths {
		for method := range methods {
			all = append(all, [2]string{strings.ToUpper(method), path})
		}
	}
	if len(all) < 90 {
		d.t.Fatalf("there are only %d routes", len(all))
	}
	return all
}

// What one tenant has changes no answer of another: every call with the names of the
// neighbour's session is answered as one with names that nobody has.
func TestTenantsCannotLearnOfEachOther(t *testing.T) {
	d := open(t)
	mine, theirs := namespace(t), namespace(t)
	key := d.key(map[string]string{access.EntryNamespaces: mine})
	scoped := d.key(map[string]string{access.EntrySession: mine + "/own"})
	root := d.key(admin)
	session(t, mine, "own", v1alpha1.PhaseWorking)
	// The same length, so that bodies compare.
	session(t, theirs, "neighbour", v1alpha1.PhaseWorking)
	const nobody = "nobodyyyy"
	d.await("the neighbour", func() reply { return d.do(root, "GET", "/api/sessions/"+theirs+".neighbour", "") }, is(200))
	nowhere := "tenant-" + strings.Repeat("0", len(theirs)-len("tenant-"))
	for _, route := range d.routes() {
		for _, k := range []string{key, scoped} {
			for _, pair := range [][2]string{{"neighbour", nobody}, {theirs + ".neighbour", nowhere + "." + nobody}} {
				ask := func(name string) reply {
					path := strings.NewReplacer("{session}", name, "{chatId}", "1@c.us", "{messageId}", "m", "{id}", "1@c.us", "{lid}", "1", "{phoneNumber}", "1", "{file}", "x.jpg").Replace(route[1])
					body := ""
					if route[0] != "GET" && route[0] != "DELETE" {
						// The names of sessions to create are not asked for: see below.
						body = `{"session":"` + name + `","instance_id":"` + name + `"`
						if strings.HasPrefix(route[1], "/api/sessions/") {
							body += `,"name":"` + name + `"`
						}
						body += "}"
					}
					if route[0] == "POST" && route[1] == "/api/sessions" {
						body = `{"name":"` + theirs + `.` + name[strings.LastIndexByte(name, '.')+1:] + `"}`
					}
					answer := d.do(k, route[0], path+"?session="+name+"&instance_id="+name, body)
					answer.body = strings.NewReplacer(pair[0], "NAME", pair[1], "NAME", `neighbour`, "NAME", nobody, "NAME").Replace(answer.body)
					return answer
				}
				if route[1] == "/api/server/status" || route[1] == "/api/sessions/start" {
					continue // a clock; a call that creates what is not there
				}
				got, want := ask(pair[0]), ask(pair[1])
				if got.status != want.status || got.body != want.body {
					t.Errorf("%s %s with %s: %d %s\nwith a name that nobody has: %d %s", route[0], route[1], pair[0], got.status, got.body, want.status, want.body)
				}
				if strings.Contains(got.body, theirs) {
					t.Errorf("%s %s tells of %s: %s", route[0], route[1], theirs, got.body)
				}
			}
		}
	}
	// A tenant may call a session as the neighbour does: each has its own.
	if got := d.do(key, "POST", "/api/sessions", `{"name":"neighbour"}`); got.status != 201 {
		t.Errorf("the neighbour's name is taken: %d %s", got.status, got.body)
	}
	if got := d.do(key, "GET", "/api/sessions/neighbour", ""); got.status != 200 || !strings.Contains(got.body, mine) {
		t.Errorf("the own one is not found: %d %s", got.status, got.body)
	}
}
