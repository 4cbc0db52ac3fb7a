package httpapi

import (
	"bytes"
	"encoding/base64"
	"image/png"
	"strings"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

func TestSession(t *testing.T) {
	s := newServer(t)
	s.live.status = v1.Status{
		Since: time.UnixMilli(1700000000000), Me: &v1.Me{ID: "111@c.us", LID: "123@lid", JID: "111:12@s.whatsapp.net", PushName: "Bob"},
	}
	const session = `{"name":"default","status":"WORKING","config":{"metadata":{},"proxy":null,"debug":false,"ignore":{},"client":{},"webhooks":[]},
		"me":{"id":"111@c.us","lid":"123@lid","jid":"111:12@s.whatsapp.net","pushName":"Bob"},"presence":null,
		"timestamps":{"activity":1700000000000},"engine":{"engine":"GOWS"}}`
	assertJSON(t, s.request("GET", "/api/sessions/default", ""), 200, session)
	assertJSON(t, s.request("GET", "/api/sessions", ""), 200, "["+session+"]")
	assertJSON(t, s.request("GET", "/api/sessions/default/me", ""), 200, `{"id":"111@c.us","lid":"123@lid","jid":"111:12@s.whatsapp.net","pushName":"Bob"}`)
	for _, action := range []string{"start", "stop", "restart", "logout"} {
		s.live.calls = nil
		assertJSON(t, s.request("POST", "/api/sessions/default/"+action, ""), 201, session)
		if s.live.done() != action {
			t.Errorf("%s did %s", action, s.live.done())
		}
	}
}

func TestSessionBeforePairing(t *testing.T) {
	s := newServer(t)
	s.live.phase = v1.PhaseScanQRCode
	assertJSON(t, s.request("GET", "/api/sessions/default/me", ""), 200, `null`)
}

func TestStoppedSessionIsListedOnRequest(t *testing.T) {
	s := newServer(t)
	s.live.phase = v1.PhaseStopped
	var all []struct{ Name string }
	s.get("/api/sessions", &all)
	if len(all) != 0 {
		t.Errorf("lists %v", all)
	}
	s.get("/api/sessions?all=true", &all)
	if len(all) != 1 {
		t.Errorf("lists %v", all)
	}
}

func TestSessionsAreNotMadeHere(t *testing.T) {
	s := newServer(t)
	assertJSON(t, s.request("POST", "/api/sessions", `{"name":"default","start":true,"config":{}}`), 422,
		`{"message":"Session 'default' already exists. Use PUT to update it.","error":"Unprocessable Entity","statusCode":422}`)
	for _, c := range []struct{ method, target, body, say string }{
		{"POST", "/api/sessions", `{"name":"other"}`, "serves only the session 'default'"},
		{"POST", "/api/sessions", `{}`, "serves only the session 'default'"},
		{"PUT", "/api/sessions/default", `{"config":{}}`, "manifest or configuration file"},
		{"DELETE", "/api/sessions/default", "", "logout"},
	} {
		w := s.request(c.method, c.target, c.body)
		if w.Code != 422 || !strings.Contains(w.Body.String(), c.say) {
			t.Errorf("%s %s: %d %s", c.method, c.target, w.Code, w.Body)
		}
	}
	for _, target := range []string{"/api/sessions/x/me", "/api/x/auth/qr", "/api/x/chats/1/messages", "/api/screenshot?session=x", "/api/files/x/y"} {
		assertJSON(t, s.request("GET", target, ""), 422, `{"error":"Session \"x\" does not exist","session":"x"}`)
	}
	// A session may be called like a word of the API.
	for _, target := range []string{"/api/sessions/x", "/api/sessions/chats"} {
		assertJSON(t, s.request("GET", target, ""), 404, `{"message":"Session not found","error":"Not Found","statusCode":404}`)
	}
}

func TestQR(t *testing.T) {
	s := newServer(t)
	s.live.phase, s.live.code = v1.PhaseScanQRCode, linkPrefix+"2@abc,def,ghi"
	for _, target := range []string{"/api/default/auth/qr", "/api/default/auth/qr?format=image", "/api/screenshot", "/api/screenshot?session=default"} {
		w := s.request("GET", target, "")
		if w.Code != 200 || w.Header().Get("Content-Type") != "image/png" {
			t.Fatalf("%s: %d %v", target, w.Code, w.Header())
		}
		if got := w.Header().Get("Expires"); got != "Sun, 01 Mar 2026 12:00:20 GMT" {
			t.Errorf("%s expires at %q", target, got)
		}
		if img, err := png.Decode(w.Body); err != nil || img.Bounds().Dx() < 100 {
			t.Errorf("%s: %v", target, err)
		}
		var file struct{ MIMEType, Data string }
		s.expect(s.request("GET", target, "", "Accept", "application/json"), 200, &file)
		data, err := base64.StdEncoding.DecodeString(file.Data)
		if err != nil || file.MIMEType != "image/png" || !bytes.HasPrefix(data, []byte("\x89PNG")) {
			t.Errorf("%s as JSON: %s, %v", target, file.MIMEType, err)
		}
	}
	for _, accept := range []string{"", "image/png", "application/json", "*/*"} {
		assertJSON(t, s.request("GET", "/api/default/auth/qr?format=raw", "", "Accept", accept), 200, `{"value":"2@abc,def,ghi"}`)
	}
	if log := s.log.String(); strings.Contains(log, "2@abc") {
		t.Errorf("the QR is in the log: %s", log)
	}
}

func TestRequestCode(t *testing.T) {
	s := newServer(t)
	const target = "/api/default/auth/request-code"
	s.live.phase = v1.PhaseScanQRCode
	for _, number := range []string{"12132132130", "+1 (213) 213-2130", "1.213.213.2130"} {
		assertJSON(t, s.request("POST", target, `{"phoneNumber":"`+number+`","method":null}`), 201, `{"code":"ABCD-1213"}`)
	}
	s.live.phase = v1.PhaseWorking
	assertJSON(t, s.request("POST", target, `{"phoneNumber":"12132132130"}`), 422,
		`{"error":"Session status is not as expected. Try again later or restart the session","session":"default","status":"WORKING","expected":["SCAN_QR_CODE"]}`)
}

func TestServerInformation(t *testing.T) {
	s := newServer(t)
	var version struct{ Version, Engine, Platform string }
	for _, target := range []string{"/api/server/version", "/api/version"} {
		if s.get(target, &version); version.Version != "1.2.3" || version.Engine != "GOWS" {
			t.Errorf("%s: %+v", target, version)
		}
	}
	var status struct{ StartTimestamp, Uptime int64 }
	if s.get("/api/server/status", &status); status.StartTimestamp != testNow*1000 || status.Uptime != 0 {
		t.Errorf("status %+v", status)
	}
	var health struct{ Status string }
	if s.get("/health", &health); health.Status != "ok" {
		t.Errorf("health %+v", health)
	}
	_ = s.store.Close()
	if w := s.request("GET", "/health", ""); w.Code != 500 {
		t.Errorf("without a store: %d", w.Code)
	}
}
