package httpapi

import (
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/wasession/wasession/api/apidocs"
	"github.com/wasession/wasession/api/chathttp"
	"github.com/wasession/wasession/runtime/httpapi/auth"
	"github.com/wasession/wasession/runtime/httpapi/openapi"
)

// document is a form of the API's description.
type document struct{ apidocs.Document }

func (d document) send(w http.ResponseWriter, r *http.Request) { d.ServeHTTP(w, r) }

func (a *API) openAPI(*http.Request, noInput) (document, error) { return a.spec() }

func (a *API) makeSpec() (document, error) {
	body, err := json.Marshal(openapi.Document(a.about(), keySchemes(), a.operations()))
	return document{apidocs.New("application/json; charset=utf-8", body)}, err
}

func (a *API) docs(*http.Request, noInput) (document, error) { return document{apidocs.Page()}, nil }

func (a *API) about() openapi.Info {
	return openapi.Info{
		Title:       "wasession runtime",
		Version:     a.Version,
		Session:     a.Session,
		Description: "The chat API of one WhatsApp session: WAHA's paths and shapes, and the dialects of Wappfy and Wawp.",
	}
}

func keySchemes() openapi.KeySchemes {
	return openapi.KeySchemes{Headers: chathttp.Headers(), Queries: chathttp.Queries()}
}

func (a *API) operations() []openapi.Operation {
	var all []openapi.Operation
	for _, r := range a.routes {
		o := openapi.Operation{
			Method: r.method, Path: r.pattern, Tag: r.tag, Summary: r.summary,
			Open: r.action == auth.None, Action: string(r.action), Status: r.status, In: r.described(), MIMEType: r.mimetype, Out: r.outs,
			Errors: r.errors(), Lacking: r.reason,
		}
		if r.out != nil {
			o.Out = []reflect.Type{r.out}
		}
		all = append(all, o)
	}
	return all
}

// errors lists the errors that a route can return.
func (r route) errors() map[int]string {
	if r.action == auth.None {
		return nil
	}
	if r.reason != "" {
		return map[int]string{http.StatusUnauthorized: "no key, or an unknown one", http.StatusNotImplemented: r.reason}
	}
	errors := map[int]string{
		http.StatusUnauthorized:        "no key, or an unknown one",
		http.StatusForbidden:           "the key does not allow this",
		http.StatusInternalServerError: "a fault of the server",
	}
	if len(r.in.Params) > 0 || r.in.Body != nil {
		errors[http.StatusBadRequest] = "Invalid input; the message names the field"
	}
	for _, p := range r.in.Params {
		if p.In == "path" {
			errors[http.StatusNotFound] = "Not found"
		}
	}
	if r.once {
		errors[http.StatusConflict] = "A request with this Idempotency-Key is in progress"
	}
	if r.action == auth.Send {
		errors[http.StatusGatewayTimeout] = "WhatsApp did not answer in time; the request may have been carried out"
	}
	if r.dialect == nil {
		errors[http.StatusUnprocessableEntity] = "The session does not exist, or its status does not allow this"
	} else {
		errors[http.StatusNotFound] = "The session does not exist"
		errors[http.StatusBadGateway] = "The session is not connected"
	}
	return errors
}
