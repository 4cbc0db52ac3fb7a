package session

import (
	"slices"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp"
)

var asked = whatsapp.PasskeyAsked{Request: &chat.PasskeyRequest{Challenge: []byte("sign me"), Timeout: time.Minute}}

var askedAgain = whatsapp.PasskeyAsked{Request: &chat.PasskeyRequest{Challenge: []byte("sign me too"), Timeout: time.Minute}}

// A link with a passkey keeps its connection, and ends with it.
func TestMachineInALinkWithAPasskey(t *testing.T) {
	type moment struct {
		at      time.Duration
		in      any
		effects []effect
		phase   v1.Phase
		message string
		pending bool
		code    string
	}
	begun := []moment{
		{0, startAsked{}, []effect{connect}, v1.PhaseStarting, "Connecting to WhatsApp", false, ""},
		{1, codes, nil, v1.PhaseScanQRCode, "Waiting for the QR code to be scanned", false, ""},
		{2, asked, nil, v1.PhasePasskeyRequired, passkeyAskedMessage, true, ""},
	}
	presented := append(slices.Clone(begun), moment{30, passkeyPresented{}, nil, v1.PhasePasskeyRequired, passkeyTakenMessage, true, ""})
	coded := append(slices.Clone(presented),
		moment{31, whatsapp.PasskeyTaken{Code: "ABCD-EFGH"}, nil, v1.PhasePasskeyConfirmation, passkeyCodeMessage, true, "ABCD-EFGH"})
	proved := append(slices.Clone(begun),
		moment{31, whatsapp.PasskeyTaken{Code: "ABCD-EFGH", Proved: true}, []effect{confirmPasskey}, v1.PhasePasskeyRequired, passkeyTakenMessage, true, ""})
	const linked, failed = "The device is linked; logging in", "Linking the device failed; a new code follows"
	for name, c := range map[string]struct {
		before []moment
		then   []moment
	}{
		"nobody presents one": {begun, []moment{
			{61, woke{}, nil, v1.PhasePasskeyRequired, passkeyAskedMessage, true, ""},
			{62, woke{}, []effect{connect}, v1.PhaseScanQRCode, passkeyLateMessage, false, ""},
		}},
		"the connection is lost": {begun, []moment{
			{5, whatsapp.Disconnected{}, nil, v1.PhaseScanQRCode, passkeyLateMessage, false, ""},
			{7, woke{}, []effect{connect}, v1.PhaseScanQRCode, passkeyLateMessage, false, ""},
		}},
		"WhatsApp does not answer for a while": {begun, []moment{
			{30, whatsapp.Unresponsive{}, nil, v1.PhasePasskeyRequired, passkeyAskedMessage, true, ""},
			{40, whatsapp.Responsive{}, nil, v1.PhasePasskeyRequired, passkeyAskedMessage, true, ""},
		}},
		"the code is scanned again": {presented, []moment{
			{35, askedAgain, nil, v1.PhasePasskeyRequired, passkeyAskedMessage, true, ""},
			{40, passkeyPresented{}, nil, v1.PhasePasskeyRequired, passkeyTakenMessage, true, ""},
		}},
		"the code is scanned again while codes are compared": {coded, []moment{
			{35, askedAgain, nil, v1.PhasePasskeyRequired, passkeyAskedMessage, true, ""},
		}},
		"the code is compared": {coded, []moment{
			{300, woke{}, nil, v1.PhasePasskeyConfirmation, passkeyCodeMessage, true, "ABCD-EFGH"},
			{301, whatsapp.Paired{}, nil, v1.PhaseStarting, linked, false, ""},
		}},
		"the code is compared, and WhatsApp does not answer": {coded, []moment{
			{40, passkeyConfirmed{}, nil, v1.PhasePasskeyConfirmation, passkeyTakenMessage, true, "ABCD-EFGH"},
			{50, passkeyConfirmed{}, nil, v1.PhasePasskeyConfirmation, passkeyTakenMessage, true, "ABCD-EFGH"},
			{340, woke{}, []effect{connect}, v1.PhaseScanQRCode, passkeyLateMessage, false, ""},
		}},
		"nobody compares the code": {coded, []moment{{331, woke{}, []effect{connect}, v1.PhaseScanQRCode, passkeyLateMessage, false, ""}}},
		"WhatsApp took it at once": {proved, []moment{
			{32, whatsapp.Paired{}, nil, v1.PhaseStarting, linked, false, ""},
			{33, passkeyFailed{}, nil, v1.PhaseStarting, linked, false, ""},
		}},
		"the confirmation fails": {proved, []moment{{32, passkeyFailed{}, nil, v1.PhaseStarting, failed, false, ""}}},
		"it is restarted":        {presented, []moment{{40, stopAsked{}, []effect{disconnect}, v1.PhaseStopped, "", false, ""}}},
		"late inputs do nothing": {nil, []moment{
			begun[0], {1, asked, nil, v1.PhaseStarting, "Connecting to WhatsApp", false, ""},
			{2, passkeyPresented{}, nil, v1.PhaseStarting, "Connecting to WhatsApp", false, ""},
			{3, whatsapp.PasskeyTaken{Code: "A"}, nil, v1.PhaseStarting, "Connecting to WhatsApp", false, ""},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(v1.PairingQRCode, false, noon)
			for i, s := range append(slices.Clone(c.before), c.then...) {
				effects := m.step(noon.Add(s.at*time.Second), s.in)
				code := ""
				if m.passkey != nil {
					code = m.passkey.code
				}
				if !slices.Equal(effects, s.effects) || m.phase != s.phase || m.message != s.message || (m.passkey != nil) != s.pending || code != s.code {
					t.Fatalf("step %d (%T):\n got %v %s %q %t %q\nwant %v %s %q %t %q", i, s.in,
						effects, m.phase, m.message, m.passkey != nil, code, s.effects, s.phase, s.message, s.pending, s.code)
				}
				if a, ok := s.in.(whatsapp.PasskeyAsked); ok && s.pending && m.passkey.request != a.Request {
					t.Errorf("step %d: the request is %+v", i, m.passkey.request)
				}
			}
		})
	}
}
