package httpapi

import (
	"net/http"

	"github.com/wasession/wasession/runtime/httpapi/auth"
)

// toolsAtOnce limits the tools in use: each holds the answer of a call.
const toolsAtOnce = 4

// modelContext is an answer of the Model Context Protocol.
type modelContext struct{ http.Handler }

func (m modelContext) send(w http.ResponseWriter, r *http.Request) { m.ServeHTTP(w, r) }

func (a *API) modelContext(*http.Request, noInput) (modelContext, error) {
	return modelContext{a.models}, nil
}

// mayUse says whether the key of a request allows a call of this session.
func (a *API) mayUse(r *http.Request, method, pattern string) bool {
	key, err := a.authenticate(r, auth.Read)
	if err != nil {
		return false
	}
	for _, rt := range a.routes {
		if rt.method == method && rt.pattern == pattern {
			return key.Allows(a.Session, rt.action) && (key.IsAdmin || !rt.admin)
		}
	}
	return false
}
