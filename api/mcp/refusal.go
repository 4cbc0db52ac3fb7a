package mcp

import (
	"encoding/json"
	"net/http"
	"strings"
)

// refusal has the SDK's refusals, which are plain text, in the form of the API's errors.
type refusal struct {
	http.ResponseWriter
	status int
	plain  bool
}

// Unwrap is for http.ResponseController.
func (w *refusal) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (w *refusal) WriteHeader(status int) {
	w.status = status
	if w.plain = status >= http.StatusBadRequest && strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain"); w.plain {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter. A refusal is written at once.
func (w *refusal) Write(b []byte) (int, error) {
	if !w.plain {
		return w.ResponseWriter.Write(b)
	}
	body, err := json.Marshal(struct {
		Message    string `json:"message"`
		Error      string `json:"error"`
		StatusCode int    `json:"statusCode"`
	}{strings.TrimSpace(string(b)), http.StatusText(w.status), w.status})
	if err != nil {
		return 0, err
	}
	_, err = w.ResponseWriter.Write(body)
	return len(b), err
}
