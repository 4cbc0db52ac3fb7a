package api

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

const passkeyPath = "/api/sales/auth/passkey"

// signed is the assertion of an authenticator that signs a challenge.
func signed(w *world, challenge string) map[string]any {
	w.Helper()
	data, err := json.Marshal(map[string]string{"type": "webauthn.get", "origin": "https://web.whatsapp.com", "challenge": challenge})
	w.ok(err)
	return assertion(data)
}

// assertion is one with this client data.
func assertion(data []byte) map[string]any {
	encode := base64.RawURLEncoding.EncodeToString
	return map[string]any{"id": "a2V5", "rawId": "a2V5", "type": "public-key", "response": map[string]string{
		"clientDataJSON": encode(data), "authenticatorData": encode([]byte("authenticator")), "signature": encode([]byte("signature")),
	}}
}

// refuses checks that a call is refused with 422 and a text.
func (w *world) refuses(method, path string, body any, text string) {
	w.Helper()
	if status, answer := w.call(method, path, body); status != 422 || !strings.Contains(string(answer), text) {
		w.Errorf("%s %s: %d %s", method, path, status, answer)
	}
}

func TestPairWithAPasskey(t *testing.T) {
	w := newWorld(t)
	w.run()
	var qr wire.QRValue
	again := func() <-chan error {
		done := make(chan error, 1)
		go func() {
			_, err := w.alice.ScanQRWithPasskey(w.ctx, qr.Value, func(string) bool { return true })
			done <- err
		}()
		return done
	}
	scan := func() <-chan error {
		w.await("a QR to scan", func() bool {
			status, body := w.call("GET", "/api/sales/auth/qr?format=raw", nil)
			return status == 200 && json.Unmarshal(body, &qr) == nil
		})
		return again()
	}
	challenge := func() (c wire.PasskeyChallenge) {
		w.await("the challenge", func() bool {
			status, body := w.call("GET", passkeyPath+"/challenge", nil)
			return status == 200 && json.Unmarshal(body, &c) == nil
		})
		return c
	}
	w.refuses("GET", passkeyPath+"/challenge", nil, "scan the QR code")
	w.refuses("POST", passkeyPath, signed(w, "none"), "scan the QR code")
	w.refuses("GET", passkeyPath+"/confirmation", nil, "scan the QR code")
	w.refuses("POST", passkeyPath+"/confirm", nil, "scan the QR code")

	// An answer that WhatsApp does not take links nothing. A restart begins again.
	first := scan()
	status := func() v1.Phase {
		var s struct{ Status v1.Phase }
		w.get("/api/sessions/sales", &s)
		return s.Status
	}
	c := challenge()
	if s := status(); s != v1.PhasePasskeyRequired {
		t.Errorf("with a challenge, the status is %s", s)
	}
	var told struct {
		Status v1.Phase
		Data   *wire.PasskeyChallenge
	}
	lastTold := func() bool {
		all := w.events(chat.EventSessionStatus)
		told.Data = nil
		w.ok(json.Unmarshal(all[len(all)-1], &told))
		return told.Status == v1.PhasePasskeyRequired && told.Data != nil
	}
	w.await("the event with the challenge", lastTold)
	if told.Data.Challenge != c.Challenge {
		t.Errorf("the event has %+v, not the challenge %s", told.Data, c.Challenge)
	}
	if c.RelyingParty != "whatsapp.com" || c.Timeout != 60000 || c.UserVerification != "required" {
		t.Errorf("the challenge is %+v", c)
	}
	w.refuses("GET", "/api/sales/auth/qr", nil, "asks for a passkey")
	w.refuses("GET", passkeyPath+"/confirmation", nil, "no code to confirm")
	w.refuses("POST", passkeyPath+"/confirm", nil, "no code to confirm")

	// A further scan replaces the challenge.
	next := again()
	w.await("the event with the next challenge", func() bool { return lastTold() && told.Data.Challenge != c.Challenge })
	w.refuses("POST", passkeyPath, signed(w, c.Challenge), "another challenge")
	if now := challenge(); now.Challenge != told.Data.Challenge {
		t.Errorf("after an old answer the challenge is %s, not %s", now.Challenge, told.Data.Challenge)
	}
	w.do(201, "POST", passkeyPath, assertion([]byte("what WhatsApp does not take")), nil)
	if err := <-next; err == nil {
		t.Fatal("the assertion was taken")
	}
	w.refuses("POST", passkeyPath, signed(w, c.Challenge), "presented already")
	w.do(201, "POST", "/api/sessions/sales/restart", nil, nil)
	if err := <-first; err == nil {
		t.Fatal("the first scan linked something")
	}

	second := scan()
	w.do(201, "POST", passkeyPath, signed(w, challenge().Challenge), nil)
	w.ok(<-second)
	w.await("WORKING", func() bool { return status() == v1.PhaseWorking })
	var me wire.Me
	if w.get("/api/sessions/sales/me", &me); me.ID != alicePN+"@c.us" {
		t.Errorf("me is %+v", me)
	}
	w.refuses("GET", passkeyPath+"/challenge", nil, "scan the QR code")
}
