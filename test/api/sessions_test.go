package api

import (
	"strings"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/wire"
)

func TestSessionLifecycle(t *testing.T) {
	w := paired(t)
	var all []wire.Session
	w.get("/api/sessions", &all)
	if len(all) != 1 || all[0].Name != name || all[0].Status != v1.PhaseWorking || all[0].Me == nil {
		t.Fatalf("sessions %+v", all)
	}
	status := func(want v1.Phase) {
		t.Helper()
		w.await(string(want), func() bool {
			var s wire.Session
			w.get("/api/sessions/sales", &s)
			return s.Status == want
		})
	}
	w.do(201, "POST", "/api/sessions/sales/stop", nil, nil)
	status(v1.PhaseStopped)
	w.do(201, "POST", "/api/sessions/sales/start", nil, nil)
	status(v1.PhaseWorking)
	w.do(201, "POST", "/api/sessions/sales/restart", nil, nil)
	status(v1.PhaseWorking)

	// The calls of older clients.
	w.do(201, "POST", "/api/sessions/stop", m{"name": name}, nil)
	status(v1.PhaseStopped)
	w.do(201, "POST", "/api/sessions/start", m{"name": name}, nil)
	status(v1.PhaseWorking)
	w.do(422, "POST", "/api/sessions/logout", m{"name": "another"}, nil)

	// Stopped and started, it still receives; logged out, it waits to be paired.
	id, err := w.bob.SendText(w.ctx, w.alice, "still there?")
	w.ok(err)
	w.arrived(bobChat, id)
	w.do(201, "POST", "/api/sessions/sales/logout", nil, nil)
	status(v1.PhaseScanQRCode)
}

// A runtime has the one session it was started for. What WAHA's clients try
// first is refused with a sentence that says what to do.
func TestTheOneSessionIsNeitherCreatedNorDeleted(t *testing.T) {
	w := newWorld(t)
	w.run()
	for _, c := range []struct {
		method, path string
		body         any
		says         string
	}{
		{"POST", "/api/sessions", m{"name": name}, "already exists"},
		{"POST", "/api/sessions", m{"name": "other"}, "apply a WhatsAppSession manifest"},
		{"PUT", "/api/sessions/sales", m{"config": m{}}, "manifest or configuration file"},
		{"DELETE", "/api/sessions/sales", nil, "logout"},
	} {
		status, answer := w.call(c.method, c.path, c.body)
		if status != 422 || !strings.Contains(string(answer), c.says) {
			t.Errorf("%s %s: %d %s, want 422 with %q", c.method, c.path, status, answer, c.says)
		}
	}
}
