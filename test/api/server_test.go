package api

import (
	"bytes"
	"net/http"
	"strings"
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

// What only an admin may: look at the process, and end it.
func TestTheProcessIsWatchedAndEnded(t *testing.T) {
	w := newWorld(t)
	w.run()
	var environment map[string]string
	w.get("/api/server/environment", &environment)
	packed := []byte{0x1f, 0x8b} // profiles are gzip files
	for _, path := range []string{"/api/server/debug/cpu?seconds=1", "/api/server/debug/heapsnapshot"} {
		if got, profile := w.call("GET", path, nil); got != 200 || !bytes.HasPrefix(profile, packed) {
			t.Errorf("%s: %d, %d bytes", path, got, len(profile))
		}
	}
	w.do(201, "POST", "/api/server/stop", m{"force": false}, nil)
	select {
	case <-w.served:
	case <-w.ctx.Done():
		t.Error("it did not end")
	}
}

// WAHA's calls that cannot be had say why.
func TestWhatIsLackingSaysWhy(t *testing.T) {
	w := newWorld(t)
	w.run()
	var description struct {
		Paths map[string]map[string]struct {
			Lacking     bool `json:"x-wasession-lacking"`
			Description string
		}
	}
	w.get("/openapi.json", &description)
	lacking := 0
	for path, methods := range description.Paths {
		for method, o := range methods {
			if !o.Lacking {
				continue
			}
			lacking++
			path := strings.NewReplacer("{session}", name, "{id}", "1").Replace(path)
			if got, answer := w.call(methodOf(method), path, nil); got != 501 || !bytes.Contains(answer, []byte(o.Description)) {
				t.Errorf("%s %s: %d %s, want 501 and %q", method, path, got, answer, o.Description)
			}
		}
	}
	if lacking == 0 {
		t.Error("nothing is lacking")
	}
	var apps []wire.App
	if w.get("/api/apps?session="+name, &apps); len(apps) != 0 {
		t.Errorf("apps: %v", apps)
	}
}
