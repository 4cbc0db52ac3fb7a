package server

import (
	"net/http"

	"github.com/wasession/wasession/api/apidocs"
	"github.com/wasession/wasession/gateway/access"
)

// route is a row of the table.
type route struct {
	operation
	// handle answers a call whose caller is known.
	handle func(w http.ResponseWriter, r *http.Request, caller access.Caller) error
}

// own are the calls that the gateway answers itself.
func (s *Server) own() []route {
	open := func(pattern string, handle func(http.ResponseWriter, *http.Request, access.Caller) error) route {
		return route{operation{method: "GET", pattern: pattern, open: true}, handle}
	}
	keyed := func(method, pattern string, handle func(http.ResponseWriter, *http.Request, access.Caller) error) route {
		return route{operation{method: method, pattern: pattern}, handle}
	}
	return []route{
		open("/ping", s.ping),
		open("/openapi.json", show(s.description)),
		open("/docs", show(apidocs.Page())),
		open("/ws", s.websocket), // it finds out who calls itself
		keyed("GET", "/health", s.health),
		keyed("GET", "/metrics", s.showMetrics),
		keyed("GET", "/api/version", s.version),
		keyed("GET", "/api/server/version", s.version),
		keyed("GET", "/api/server/status", s.serverStatus),

		keyed("GET", "/api/server/environment", byAdmins(s.environment)),
		keyed("POST", "/api/server/stop", byAdmins(s.stopServer)),
		keyed("GET", "/api/server/debug/cpu", byAdmins(s.cpuProfile)),
		keyed("GET", "/api/server/debug/heapsnapshot", byAdmins(s.heapProfile)),

		keyed("POST", "/mcp", s.modelContext),
		keyed("GET", "/mcp", s.modelContext), // refused as the protocol wants it
		keyed("DELETE", "/mcp", s.modelContext),

		keyed("GET", "/api/keys", byAdmins(s.listKeys)),
		keyed("POST", "/api/keys", byAdmins(s.createKey)),
		keyed("POST", "/api/keys/media", byAdmins(s.createScoped(access.Read))),
		keyed("POST", "/api/keys/control", byAdmins(s.createScoped(access.Control))),
		keyed("PUT", "/api/keys/{id}", byAdmins(s.updateKey)),
		keyed("DELETE", "/api/keys/{id}", byAdmins(s.deleteKey)),

		keyed("GET", "/api/sessions", s.listSessions),
		keyed("GET", "/api/sessions/{session}", s.getSession),
		keyed("POST", "/api/sessions", s.createSession),
		keyed("PUT", "/api/sessions/{session}", s.updateSession),
		keyed("DELETE", "/api/sessions/{session}", s.deleteSession),
		keyed("POST", "/api/sessions/{session}/start", s.startSession),
		keyed("POST", "/api/sessions/{session}/stop", s.stopSession),
		keyed("POST", "/api/sessions/{session}/restart", s.restartSession),
		keyed("POST", "/api/sessions/{session}/logout", s.logoutSession),
		keyed("POST", "/api/sessions/start", s.startByBody),
		keyed("POST", "/api/sessions/stop", s.stopByBody),
		keyed("POST", "/api/sessions/logout", s.logoutByBody),
	}
}

// table is all routes: the gateway's own, and the runtime's that name a session.
func (s *Server) table() ([]route, error) {
	all := s.own()
	taken := map[string]bool{}
	for _, r := range all {
		taken[r.method+" "+r.pattern] = true
	}
	calls, err := operations(runtimeAPI)
	if err != nil {
		return nil, err
	}
	for _, o := range calls {
		switch {
		case taken[o.method+" "+o.pattern]:
		case o.lacking != "":
			all = append(all, route{o, lacking(o.lacking)})
		case o.place != nowhere:
			all = append(all, route{o, s.forwarded(o)})
		}
	}
	return all, nil
}
