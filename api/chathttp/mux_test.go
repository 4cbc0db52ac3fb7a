package chathttp

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestFixedWordsComeBeforeSessions(t *testing.T) {
	says := func(what string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(what + " " + r.PathValue("session") + " " + RouteOf(r)))
		})
	}
	m := NewMux(says("none"))
	for pattern, what := range map[string]string{
		"GET /api/sessions": "list", "GET /api/sessions/{session}": "get", "POST /api/sendText": "send", "/ws": "socket",
		"GET /api/{session}/chats": "chats", "GET /v2/chats": "wawp",
		"GET /api/{session}/labels/chats/{chatId}": "labels", "GET /api/{session}/labels/{labelId}/chats": "labelled",
	} {
		m.Handle(pattern, says(what))
	}
	for request, want := range map[string]string{
		"GET /api/sessions":                  "list  /api/sessions",
		"GET /api/sessions/":                 "list  /api/sessions",
		"GET /api/sessions/sales/":           "get sales /api/sessions/{session}",
		"GET /api/sales/chats":               "chats sales /api/{session}/chats",
		"GET /api/sales/chats//":             "chats sales /api/{session}/chats",
		"GET /api/sessions/chats":            "get chats /api/sessions/{session}",
		"POST /api/sendText/":                "send  /api/sendText",
		"GET /v2/chats/":                     "wawp  /v2/chats",
		"GET /ws":                            "socket  /ws",
		"GET /api/sales/labels/chats/1":      "labels sales /api/{session}/labels/chats/{chatId}",
		"GET /api/sales/labels/chats/chats/": "labels sales /api/{session}/labels/chats/{chatId}",
		"GET /api/sales/labels/1/chats":      "labelled sales /api/{session}/labels/{labelId}/chats",
		"GET /api/sales/nothing":             "none  /",
		"GET /nothing":                       "none  /",
	} {
		var method, path string
		for i := range request {
			if request[i] == ' ' {
				method, path = request[:i], request[i+1:]
				break
			}
		}
		w := httptest.NewRecorder()
		m.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		if got := w.Body.String(); got != want {
			t.Errorf("%s: %q, want %q", request, got, want)
		}
	}
}
