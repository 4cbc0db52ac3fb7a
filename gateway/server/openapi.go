package server

import (
	"encoding/json"
	"fmt"
	"strings"
)

// added are the calls that only the gateway has, with what the description says of
// them.
var added = []struct {
	method, path, tag, summary string
	status                     string
	// query are the parameters in the query, with what they are.
	query [][2]string
}{
	{"get", "/ws", "Events", "Open a websocket with the events of all sessions, or of those named", "101", [][2]string{
		{"session", "A session, repeated for several; * for all that the key may read, which is the default"},
		{"events", "Names of events, separated by commas; * for all, which is the default"},
		{"since", "session:event id, repeated for each session: the last event received. Later ones that are still kept come first"},
		{"lastEventId", "The same where one session is named"},
	}},
	{"get", "/api/keys", "Keys", "List the API keys, without the keys themselves", "200", nil},
	{"post", "/api/keys", "Keys", "Make an API key; it is shown in this answer only", "201", nil},
	{"post", "/api/keys/media", "Keys", "Make a key that may read one session", "201", nil},
	{"post", "/api/keys/control", "Keys", "Make a key that may control one session", "201", nil},
	{"put", "/api/keys/{id}", "Keys", "Change what a key allows", "200", nil},
	{"delete", "/api/keys/{id}", "Keys", "Remove a key", "200", nil},
	{"post", "/api/sessions/start", "Sessions", "Start a session, or create it (old path)", "201", nil},
	{"post", "/api/sessions/stop", "Sessions", "Stop a session (old path)", "201", nil},
	{"post", "/api/sessions/logout", "Sessions", "Log out (old path)", "201", nil},
}

// describe makes the gateway's description: the runtime's with the gateway's calls.
func describe(version string) ([]byte, error) {
	document := struct {
		OpenAPI    string                                `json:"openapi"`
		Info       map[string]string                     `json:"info"`
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
		if call.query != nil {
			var parameters []any
			for _, p := range call.query {
				parameters = append(parameters, map[string]any{"name": p[0], "in": "query", "description": p[1], "schema": map[string]string{"type": "string"}})
			}
			operation["parameters"] = parameters
		}
		if strings.Contains(call.path, "{id}") {
			operation["parameters"] = []any{map[string]any{"name": "id", "in": "path", "required": true, "schema": map[string]string{"type": "string"}}}
		}
		if call.method == "post" || call.method == "put" {
			operation["requestBody"] = map[string]any{"content": map[string]any{"application/json": map[string]any{"schema": map[string]string{"type": "object"}}}}
		}
		encoded, err := json.Marshal(operation)
		if err != nil {
			return nil, fmt.Errorf("describing %s: %w", call.path, err)
		}
		if document.Paths[call.path] == nil {
			document.Paths[call.path] = map[string]json.RawMessage{}
		}
		document.Paths[call.path][call.method] = encoded
	}
	delete(document.Paths, "/docs")
	return json.Marshal(document)
}
