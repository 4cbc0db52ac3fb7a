package httpapi

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"html"
	"net/http"
	"net/url"

	"github.com/wasession/wasession/runtime/httpapi/bind"
	"github.com/wasession/wasession/runtime/wire"
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
	http.StatusUnprocessableEntity: "UNPROCESSABLE",
	http.StatusInternalServerError: "INTERNAL_ERROR",
	http.StatusBadGateway:          "BAD_GATEWAY",
}

// page is an error as a page.
func (e wawpError) page() string {
	code, message := html.EscapeString(e.Code), html.EscapeString(e.Message)
	return `<!doctype html><html lang="en"><meta charset="utf-8"><title>` + code + `</title><h1>` + code + `</h1><p>` + message + "</p></html>\n"
}

// wawp writes an error in the format the client accepts, JSON by default.
func wawp(w http.ResponseWriter, r *http.Request, f failure) {
	status := f.status
	switch f.body.(type) {
	case wire.UnknownSession:
		status = http.StatusNotFound
	case wire.WrongStatus:
		// The session exists but is not connected.
		status = http.StatusBadGateway
	}
	e := wawpError{Message: f.text, Code: wawpCodes[status]}
	kind := prefers(r.Header.Get("Accept"), "application/json", "application/xml", "text/xml", "text/plain", "text/html")
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

var errWawpBody = bind.Problems{"body must be a JSON object or a form"}

// mergeBody adds the members of a JSON object to the query. Values already in the
// query take precedence.
func mergeBody(query url.Values, body []byte) error {
	object, err := bind.Object(body)
	if err != nil {
		return errWawpBody
	}
	for name, value := range object {
		list, err := scalars(value)
		if err != nil {
			return bind.Problems{name + " " + err.Error()}
		}
		if !query.Has(name) {
			query[name] = list
		}
	}
	return nil
}

// scalars returns the text of a scalar, or the texts of a list of scalars.
func scalars(value any) ([]string, error) {
	switch v := value.(type) {
	case nil:
		return nil, nil
	case string:
		return []string{v}, nil
	case bool:
		if v {
			return []string{"true"}, nil
		}
		return []string{"false"}, nil
	case json.Number:
		return []string{v.String()}, nil
	case []any:
		var all []string
		for _, member := range v {
			if _, nested := member.([]any); nested {
				return nil, errScalar
			}
			texts, err := scalars(member)
			if err != nil {
				return nil, err
			}
			all = append(all, texts...)
		}
		return all, nil
	}
	return nil, errScalar
}

var errScalar = errors.New("must be a string, a number, a boolean or a list of strings")
