package server

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http/httptest"
	"os"
	"slices"
	"testing"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/runtime/httpapi"
	"github.com/wasession/wasession/runtime/httpapi/auth"
)

var update = flag.Bool("update", false, "write runtime.json from the runtime's description")

// The gateway forwards the calls that the runtime has, as the runtime describes them.
func TestTheDescriptionIsTheRuntimes(t *testing.T) {
	runtime := httpapi.New(httpapi.Options{Access: auth.Access{Keys: auth.NewKeyring()}, Config: func() runtimev1.Config { return runtimev1.Config{} }})
	w := httptest.NewRecorder()
	runtime.ServeHTTP(w, httptest.NewRequest("GET", "/openapi.json", nil))
	var described bytes.Buffer
	if err := json.Indent(&described, w.Body.Bytes(), "", " "); err != nil {
		t.Fatal(err)
	}
	described.WriteByte('\n')
	if *update {
		if err := os.WriteFile("runtime.json", described.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(described.Bytes(), runtimeAPI) {
		t.Error("runtime.json is not what the runtime describes: run go test ./gateway/server -update")
	}
}

func TestOperationsSayWhereTheySessionIsAndWhatTheyDo(t *testing.T) {
	all, err := operations(runtimeAPI)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]operation{}
	for _, o := range all {
		found[o.method+" "+o.pattern] = o
	}
	for name, want := range map[string]struct {
		place place
		call  access.Call
	}{
		"GET /api/{session}/chats":                                             {inPath, access.Call{Action: "read", Verb: "get", Subresource: "chats"}},
		"POST /api/{session}/chats/{chatId}/archive":                           {inPath, access.Call{Action: "send", Verb: "update", Subresource: "chats"}},
		"GET /api/{session}/chats/{chatId}/messages":                           {inPath, access.Call{Action: "read", Verb: "get", Subresource: "messages"}},
		"DELETE /api/{session}/chats/{chatId}/messages/{messageId}":            {inPath, access.Call{Action: "send", Verb: "update", Subresource: "messages"}},
		"POST /api/sendText":                                                   {inBody, access.Call{Action: "send", Verb: "create", Subresource: "messages"}},
		"GET /api/sendText":                                                    {inQuery, access.Call{Action: "send", Verb: "create", Subresource: "messages"}},
		"GET /api/{session}/auth/qr":                                           {inPath, access.Call{Action: "control", Verb: "get", Subresource: "control"}},
		"POST /api/{session}/auth/request-code":                                {inPath, access.Call{Action: "control", Verb: "update", Subresource: "control"}},
		"GET /api/files/{session}/{file}":                                      {inPath, access.Call{Action: "read", Verb: "get", Subresource: "messages"}},
		"GET /api/{session}/groups/{id}/invite-code":                           {inPath, access.Call{Action: "send", Verb: "update", Subresource: "chats"}},
		"PUT /api/{session}/groups/{id}/settings/security/messages-admin-only": {inPath, access.Call{Action: "send", Verb: "update", Subresource: "chats"}},
		"POST /v2/chats":                                                       {inEither, access.Call{Action: "read", Verb: "get", Subresource: "chats"}},
		"GET /api/server/version":                                              {nowhere, access.Call{Action: "read", Verb: "get", Subresource: "chats"}},
	} {
		o, ok := found[name]
		if !ok || o.place != want.place || o.call() != want.call || o.open {
			t.Errorf("%s: %+v, does %+v", name, o, o.call())
		}
	}
	for name, o := range found {
		if o.open != (o.action == "") {
			t.Errorf("%s needs no key and an action, or the other way about", name)
		}
	}
}

// A page of the API groups the calls by their tags, in the order of the description.
func TestTheGatewaysDescriptionListsEveryTag(t *testing.T) {
	document, err := describe("v1")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Tags  []tag
		Paths map[string]map[string]struct{ Tags []string }
	}
	if err := json.Unmarshal(document, &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Tags) < 2 || d.Tags[0].Name != "Chats" || !slices.Contains(d.Tags, tag{"Keys"}) {
		t.Errorf("tags are %v, want Chats first and Keys among them", d.Tags)
	}
	for path, methods := range d.Paths {
		for method, o := range methods {
			if len(o.Tags) != 1 || !slices.Contains(d.Tags, tag{o.Tags[0]}) {
				t.Errorf("%s %s has the tags %v, which the description does not list", method, path, o.Tags)
			}
		}
	}
	if d.Paths["/docs"] == nil {
		t.Error("/docs is served and not described")
	}
}
