package server

import (
	"context"
	"net/http"

	"github.com/wasession/wasession/api/chathttp"
	"github.com/wasession/wasession/api/mcp"
	"github.com/wasession/wasession/gateway/access"
)

// toolsAtOnce limits the tools in use: each holds the answer of a call.
const toolsAtOnce = 64

type callerKey struct{}

// tools serves the API to language models. Who calls is in the request's context.
func (s *Server) tools() (http.Handler, error) {
	all, err := operations(runtimeAPI)
	if err != nil {
		return nil, err
	}
	calls := map[string]access.Call{}
	for _, o := range all {
		calls[o.method+" "+o.pattern] = o.call()
	}
	return mcp.New(mcp.Options{
		API: s, AtOnce: toolsAtOnce, Version: s.Version,
		May: func(r *http.Request, method, pattern string) bool {
			c, _ := r.Context().Value(callerKey{}).(caller)
			call, ok := calls[method+" "+pattern]
			return ok && c != nil && c.Might(call)
		},
	}), nil
}

// modelContext answers by the Model Context Protocol.
func (s *Server) modelContext(w http.ResponseWriter, r *http.Request, c caller) error {
	r.Body = chathttp.Steady(w, r.Body, bodyPace)
	s.models.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, c)))
	return nil
}
