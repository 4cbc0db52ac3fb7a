package api

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/wasession/wasession/runtime/wire"
)

// What probes, dashboards and curious people ask a runtime for, paired or not.
func TestTheServerDescribesItself(t *testing.T) {
	w := newWorld(t)
	w.run()
	var pong wire.Pong
	w.get("/ping", &pong)
	if pong.Message != "pong" {
		t.Errorf("ping: %+v", pong)
	}
	var health wire.Health
	w.get("/health", &health)
	if health.Status != "ok" || health.Details["store"].Status != "up" {
		t.Errorf("health: %+v", health)
	}
	for _, path := range []string{"/api/version", "/api/server/version"} {
		var version wire.Environment
		w.get(path, &version)
		if version.Version != "test" || version.Engine != wire.EngineName || version.Tier != wire.Tier {
			t.Errorf("%s: %+v", path, version)
		}
	}
	var status wire.ServerStatus
	w.get("/api/server/status", &status)
	if status.StartTimestamp == 0 || status.Uptime < 0 || status.Worker.ID != name {
		t.Errorf("status: %+v", status)
	}
	var description struct {
		OpenAPI string
		Paths   map[string]any
	}
	w.get("/openapi.json", &description)
	if description.OpenAPI == "" || description.Paths["/api/sendText"] == nil {
		t.Errorf("the description is %+v", description)
	}
	if got, page := w.call("GET", "/docs", nil); got != 200 || !bytes.Contains(page, []byte("<html")) {
		t.Errorf("docs: %d %.100s", got, page)
	}
}

// The QR code as a picture, for whoever pairs by looking at it.
func TestTheScreenshotIsTheQRCode(t *testing.T) {
	w := newWorld(t)
	w.run()
	var png []byte
	w.await("a QR code", func() (ok bool) {
		var got int
		got, png = w.call("GET", "/api/screenshot?session=sales", nil)
		return got == 200
	})
	if kind := http.DetectContentType(png); kind != "image/png" {
		t.Errorf("the screenshot is %s", kind)
	}
	w.scan()
	if got, _ := w.call("GET", "/api/screenshot?session=sales", nil); got != 422 {
		t.Errorf("a screenshot while paired: %d", got)
	}
}
