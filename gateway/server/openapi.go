package server

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// parameter is one of the query, with what it is.
type parameter struct{ name, is string }

// added are the calls that only the gateway has, with what the description says of
// them.
var added = []struct {
	method, path, tag, summary string
	status                     string
	query                      []parameter
	// body is an example of the body, for calls that have one.
	body string
}{
	{method: "get", path: "/ws", tag: "Events", summary: "Open a websocket with the events of all sessions, or of those named", status: "101", query: []parameter{
		{"session", "A session, repeated for several; * for all that the key may read, which is the default"},
		{"events", "Names of events, separated by commas; * for all, which is the default"},
		{"since", "session:event id, repeated for each session: the last event received. Later ones that are still kept come first"},
		{"lastEventId", "The same where one session is named"},
	}},
	{method: "get", path: "/api/keys", tag: "Keys", summary: "List the API keys, without the keys themselves", status: "200"},
	{method: "post", path: "/api/keys", tag: "Keys", summary: "Make an API key; it is shown in this answer only", status: "201", body: `{"session":"sales","actions":{"read":true,"send":true}}`},
	{method: "post", path: "/api/keys/media", tag: "Keys", summary: "Make a key that may read one session", status: "201", body: `{"session":"sales"}`},
	{method: "post", path: "/api/keys/control", tag: "Keys", summary: "Make a key that may control one session", status: "201", body: `{"session":"sales"}`},
	{method: "put", path: "/api/keys/{id}", tag: "Keys", summary: "Change what a key allows", status: "200", body: `{"session":"sales","actions":{"read":true},"isActive":true}`},
	{method: "delete", path: "/api/keys/{id}", tag: "Keys", summary: "Remove a key", status: "200"},
	{method: "post", path: "/api/sessions/start", tag: "Sessions", summary: "Start a session, or create it (old path)", status: "201", body: `{"name":"sales"}`},
	{method: "post", path: "/api/sessions/stop", tag: "Sessions", summary: "Stop a session (old path)", status: "201", body: `{"name":"sales","logout":false}`},
	{method: "post", path: "/api/sessions/logout", tag: "Sessions", summary: "Log out (old path)", status: "201", body: `{"name":"sales"}`},
}

// describe makes the gateway's description: the runtime's with the gateway's calls.
func describe(version string) ([]byte, error) {
	document := struct {
		OpenAPI    string                                `json:"openapi"`
		Info       map[string]string                     `json:"info"`
		Tags       []tag                                 `json:"tags"`
		Security   json.RawMessage                       `json:"security"`
		Paths      map[string]map[string]json.RawMessage `json:"paths"`
		Components json.RawMessage                       `json:"components"`
	}{}
	if err := json.Unmarshal(runtimeAPI, &document); err != nil {
		return nil, fmt.Errorf("reading the description of the runtime's API: %w", err)
	}
	document.Info = map[string]string{
		"title": "wasession gateway", "version": version,
		"description": "The chat API of all WhatsApp sessions: WAHA's paths and shapes, and the dialects of Wappfy and Wawp. A session is named as name, or as namespace.name.",
	}
	for _, call := range added {
		operation := map[string]any{
			"operationId": call.method + strings.NewReplacer("/", "-", "{", "", "}", "").Replace(call.path),
			"summary":     call.summary, "tags": []string{call.tag},
			"responses": map[string]any{call.status: map[string]any{"description": "done"}},
		}
		text := map[string]string{"type": "string"}
		var parameters []any
		for _, p := range call.query {
			parameters = append(parameters, map[string]any{"name": p.name, "in": "query", "description": p.is, "schema": text})
		}
		if strings.Contains(call.path, "{id}") {
			parameters = append(parameters, map[string]any{"name": "id", "in": "path", "required": true, "schema": text})
		}
		if parameters != nil {
			operation["parameters"] = parameters
		}
		if call.body != "" {
			operation["requestBody"] = map[string]any{"content": map[string]any{"application/json": map[string]any{
				"schema": map[string]string{"type": "object"}, "example": json.RawMessage(call.body),
			}}}
		}
		encoded, err := json.Marshal(operation)
		if err != nil {
			return nil, fmt.Errorf("describing %s: %w", call.path, err)
		}
		if document.Paths[call.path] == nil {
			document.Paths[call.path] = map[string]json.RawMessage{}
		}
		document.Paths[call.path][call.method] = encoded
		if group := (tag{call.tag}); !slices.Contains(document.Tags, group) {
			document.Tags = append(document.Tags, group)
		}
	}
	return json.Marshal(document)
}

// tag is a group of calls. Clients show the groups in the order of the description.
type tag struct {
	Name string `json:"name"`
}
