package simulator_test

import (
	"encoding/json"
	"errors"
	"testing"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/simclient"
)

// presentPasskey answers the client's request for a passkey like an
// authenticator that signs the given challenge.
func presentPasskey(w *world, c *simclient.Client, challenge func([]byte) []byte) {
	w.t.Helper()
	request := event[*events.PairPasskeyRequest](w, c)
	clientData, err := json.Marshal(map[string]any{
		"type": "webauthn.get", "origin": "https://web.whatsapp.com",
		"challenge": types.WebAuthnPublicKey{Challenge: challenge(request.PublicKey.Challenge)}.Challenge,
	})
	w.ok(err)
	w.ok(c.SendPasskeyResponse(w.ctx, &types.WebAuthnResponse{
		ID: "a2V5", RawID: []byte("key"), Type: "public-key",
		Response: types.WebAuthnResponseData{
			ClientDataJSON: clientData, AuthenticatorData: []byte("authenticator"), Signature: []byte("signature"),
		},
	}))
}

func same(challenge []byte) []byte { return challenge }

type linkResult struct {
	comp *simulator.Companion
	err  error
}

// scanWithPasskey scans the client's code in the background.
func scanWithPasskey(w *world, c *simclient.Client, confirm func(string) bool) <-chan linkResult {
	w.t.Helper()
	w.ok(c.Connect())
	qr := event[*events.QR](w, c)
	done := make(chan linkResult, 1)
	go func() {
		comp, err := w.alice.ScanQRWithPasskey(w.ctx, qr.Codes[0], confirm)
		done <- linkResult{comp, err}
	}()
	return done
}

func TestPairingWithAPasskey(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	shown := make(chan string, 1)
	done := scanWithPasskey(w, c, func(code string) bool { shown <- code; return true })
	presentPasskey(w, c, same)
	confirmation := event[*events.PairPasskeyConfirmation](w, c)
	if code := <-shown; code != confirmation.Code {
		t.Errorf("the phone shows %s, the client %s", code, confirmation.Code)
	}
	if !confirmation.SkipHandoffUX {
		t.Error("the client has not proved that it showed the QR code")
	}
	w.ok(c.SendPasskeyConfirmation(w.ctx))
	result := <-done
	w.ok(result.err)
	event[*events.Connected](w, c)
	w.ok(result.comp.WaitConnected(w.ctx))
}

func TestPasskeyForAnotherChallenge(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	done := scanWithPasskey(w, c, func(string) bool { return true })
	presentPasskey(w, c, func([]byte) []byte { return []byte("another") })
	if result := <-done; !errors.Is(result.err, simulator.ErrCodeWrong) {
		t.Errorf("got %v, want ErrCodeWrong", result.err)
	}
}

func TestPersonSeesAnotherCode(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	done := scanWithPasskey(w, c, func(string) bool { return false })
	presentPasskey(w, c, same)
	if result := <-done; !errors.Is(result.err, simulator.ErrCodeWrong) {
		t.Errorf("got %v, want ErrCodeWrong", result.err)
	}
	if n := len(w.alice.Companions()); n != 0 {
		t.Errorf("%d companions are linked, want none", n)
	}
}
