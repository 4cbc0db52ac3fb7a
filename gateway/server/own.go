package server

import (
	"net/http"
	"runtime"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/wasession/wasession/api/apidocs"
	"github.com/wasession/wasession/gateway/waha"
)

func (s *Server) ping(w http.ResponseWriter, _ *http.Request, _ caller) error {
	return writeJSON(w, http.StatusOK, map[string]string{"message": "pong"})
}

type part struct {
	Status string `json:"status"`
}

type health struct {
	Status  string          `json:"status"`
	Info    map[string]part `json:"info"`
	Error   map[string]part `json:"error"`
	Details map[string]part `json:"details"`
}

// health says whether the gateway knows the sessions.
func (s *Server) health(w http.ResponseWriter, _ *http.Request, _ caller) error {
	if s.Ready() {
		up := map[string]part{"sessions": {"up"}}
		return writeJSON(w, http.StatusOK, health{"ok", up, map[string]part{}, up})
	}
	down := map[string]part{"sessions": {"down"}}
	return writeJSON(w, http.StatusServiceUnavailable, health{"error", map[string]part{}, down, down})
}

type worker struct {
	ID *string `json:"id"`
}

type environment struct {
	Version  string  `json:"version"`
	Engine   string  `json:"engine"`
	Tier     string  `json:"tier"`
	Browser  *string `json:"browser"`
	Platform string  `json:"platform"`
	Worker   worker  `json:"worker"`
}

func (s *Server) version(w http.ResponseWriter, _ *http.Request, _ caller) error {
	return writeJSON(w, http.StatusOK, environment{
		Version: s.Version, Engine: waha.EngineName, Tier: "PLUS", Platform: runtime.GOOS + "/" + runtime.GOARCH,
	})
}

type serverStatus struct {
	StartTimestamp int64  `json:"startTimestamp"`
	Uptime         int64  `json:"uptime"`
	Worker         worker `json:"worker"`
}

func (s *Server) serverStatus(w http.ResponseWriter, _ *http.Request, _ caller) error {
	return writeJSON(w, http.StatusOK, serverStatus{
		StartTimestamp: s.started.UnixMilli(), Uptime: s.Now().Sub(s.started).Milliseconds(),
	})
}

// show answers with a document.
func show(d apidocs.Document) func(http.ResponseWriter, *http.Request, caller) error {
	return func(w http.ResponseWriter, r *http.Request, _ caller) error {
		d.ServeHTTP(w, r)
		return nil
	}
}

// showMetrics serves the metrics.
func (s *Server) showMetrics(w http.ResponseWriter, r *http.Request, c caller) error {
	scrapes, err := c.Scrapes(r.Context())
	if err != nil {
		return err
	}
	if !scrapes {
		return waha.Forbidden
	}
	promhttp.HandlerFor(s.Gather, promhttp.HandlerOpts{}).ServeHTTP(w, r)
	return nil
}
