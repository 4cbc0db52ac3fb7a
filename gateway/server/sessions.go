package server

import (
	"net/http"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/waha"
)

// listSessions lists what the caller may read, as WAHA does: without all, only the
// sessions that are not stopped.
func (s *Server) listSessions(w http.ResponseWriter, r *http.Request, c caller) error {
	all := false
	switch value := r.URL.Query().Get("all"); value {
	case "1", "true", "True":
		all = true
	case "", "0", "false", "False":
	default:
		return waha.BadRequest("all must be a boolean value")
	}
	answer := []waha.Session{}
	for _, session := range s.Fleet.All() {
		shown, err := c.Lists(r.Context(), session.Key())
		if err != nil {
			return err
		}
		if !shown || !all && waha.StatusOf(session.WhatsAppSession) == string(v1alpha1.PhaseStopped) {
			continue
		}
		answer = append(answer, waha.NewSession(session.WhatsAppSession))
	}
	return writeJSON(w, http.StatusOK, answer)
}

func (s *Server) getSession(w http.ResponseWriter, r *http.Request, c caller) error {
	session, ok, err := s.resolve(r.Context(), c, r.PathValue("session"))
	if err != nil {
		return err
	}
	if !ok {
		return waha.SessionNotFound()
	}
	if err := allow(r.Context(), c, session.Key(), access.See); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, waha.NewSession(session.WhatsAppSession))
}
