package waha

import (
	"encoding/json"
	"encoding/xml"
	"html"
	"net/http"
	"strings"
)

// wawpFailure is an error in the format of Wawp's API.
type wawpFailure struct {
	XMLName xml.Name `json:"-" xml:"error"`
	Success bool     `json:"success" xml:"success"`
	Message string   `json:"message" xml:"message"`
	Code    string   `json:"code" xml:"code"`
}

// wawpCodes are Wawp's codes for HTTP statuses.
var wawpCodes = map[int]string{
	http.StatusBadRequest:          "BAD_REQUEST",
	http.StatusUnauthorized:        "UNAUTHORIZED",
	http.StatusForbidden:           "FORBIDDEN",
	http.StatusNotFound:            "NOT_FOUND",
	http.StatusConflict:            "CONFLICT",
	http.StatusUnprocessableEntity: "UNPROCESSABLE",
	http.StatusTooManyRequests:     "TOO_MANY_REQUESTS",
	http.StatusInternalServerError: "INTERNAL_ERROR",
	http.StatusBadGateway:          "BAD_GATEWAY",
	http.StatusServiceUnavailable:  "UNAVAILABLE",
	http.StatusGatewayTimeout:      "TIMEOUT",
}

// WriteWawp writes an error as Wawp's clients expect it, in the format that they
// accept: JSON by default. A session that does not exist is a 404 to them, and one
// that is not connected a 502.
func WriteWawp(w http.ResponseWriter, accept string, f Failure) {
	status := f.Status
	if body, ok := f.Body.(sessionBody); ok {
		status = http.StatusNotFound
		if body.Status != "" {
			status = http.StatusBadGateway
		}
	}
	e := wawpFailure{Message: f.Text, Code: wawpCodes[status]}
	kind := "application/json"
	for part := range strings.SplitSeq(accept, ",") {
		name, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "application/xml" || name == "text/xml" || name == "text/plain" || name == "text/html" || name == "application/json" {
			kind = name
			break
		}
	}
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	w.WriteHeader(status)
	switch kind {
	case "application/xml", "text/xml":
		_, _ = w.Write([]byte(xml.Header))
		_ = xml.NewEncoder(w).Encode(e)
	case "text/plain":
		_, _ = w.Write([]byte(e.Code + ": " + e.Message + "\n"))
	case "text/html":
		_, _ = w.Write([]byte(`<!doctype html><html lang="en"><meta charset="utf-8"><title>` + e.Code + `</title><h1>` + e.Code +
			`</h1><p>` + html.EscapeString(e.Message) + "</p></html>\n"))
	default:
		_ = json.NewEncoder(w).Encode(e)
	}
}
