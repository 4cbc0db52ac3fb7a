package chathttp

import (
	"encoding/json"
	"encoding/xml"
	"html"
	"net/http"
)

// wawpError is an error in Wawp's format.
type wawpError struct {
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

// page is an error as a page.
func (e wawpError) page() string {
	code, message := html.EscapeString(e.Code), html.EscapeString(e.Message)
	return `<!doctype html><html lang="en"><meta charset="utf-8"><title>` + code + `</title><h1>` + code + `</h1><p>` + message + "</p></html>\n"
}

// WriteWawpError answers with an error in the format that the client accepts: JSON by
// default, XML, plain text or a page.
func WriteWawpError(w http.ResponseWriter, r *http.Request, status int, message string) {
	e := wawpError{Message: message, Code: wawpCodes[status]}
	kind := Prefers(r.Header.Get("Accept"), "application/json", "application/xml", "text/xml", "text/plain", "text/html")
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	w.WriteHeader(status)
	switch kind {
	case "application/xml", "text/xml":
		_, _ = w.Write([]byte(xml.Header))
		_ = xml.NewEncoder(w).Encode(e)
	case "text/plain":
		_, _ = w.Write([]byte(e.Code + ": " + e.Message + "\n"))
	case "text/html":
		_, _ = w.Write([]byte(e.page()))
	default:
		_ = json.NewEncoder(w).Encode(e)
	}
}
