package httpapi

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/wasession/wasession/api/chathttp"
	"github.com/wasession/wasession/runtime/httpapi/bind"
	"github.com/wasession/wasession/runtime/wire"
)

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
	chathttp.WriteWawpError(w, r, status, f.text)
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
