package session

import (
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// passkeyMost is how long a link with a passkey may take at each step.
const passkeyMost = 5 * time.Minute

const (
	passkeyAskedMessage = "The account is protected by a passkey: present it with kubectl wasession passkey, in the dashboard, or with the calls under /auth/passkey"
	passkeyTakenMessage = "The passkey was presented; waiting for WhatsApp"
	passkeyCodeMessage  = "Compare the code from kubectl wasession passkey, the dashboard or /auth/passkey/confirmation with the one on the phone, and confirm it"
	passkeyLateMessage  = "The link with a passkey was not finished in time; a new code follows"
)

// Inputs in a link with a passkey: the API presented one, somebody compared the codes, and
// confirming it failed.
type (
	passkeyPresented struct{}
	passkeyConfirmed struct{}
	passkeyFailed    struct{}
)

// passkey is a link that WhatsApp completes only with a passkey.
type passkey struct {
	request   *chat.PasskeyRequest
	presented bool
	// code is to be compared with the one on the phone; empty if there is none.
	code      string
	confirmed bool
}

// askPasskey starts a link with a passkey. Its QR code was used: no other is shown
// until the link fails. A further request, of a code that was scanned again, replaces the
// first: WhatsApp does not take an answer to that any more.
func (m *machine) askPasskey(now time.Time, request *chat.PasskeyRequest) {
	if m.paired || m.phase != v1.PhaseScanQRCode && m.passkey == nil {
		return
	}
	m.enter(now, v1.PhasePasskeyRequired, v1.ReasonPasskeyRequired, passkeyAskedMessage)
	m.passkey = &passkey{request: request}
	patience := request.Timeout
	if patience <= 0 || patience > passkeyMost {
		patience = passkeyMost
	}
	m.wake(now.Add(patience), dial)
}

// presentedPasskey waits for what WhatsApp says to a passkey.
func (m *machine) presentedPasskey(now time.Time) {
	if m.passkey == nil || m.passkey.presented {
		return
	}
	m.passkey.presented, m.message = true, passkeyTakenMessage
	m.wake(now.Add(passkeyMost), dial)
}

// confirmedPasskey waits for the link whose codes were compared.
func (m *machine) confirmedPasskey(now time.Time) {
	if m.passkey == nil || m.passkey.confirmed {
		return
	}
	m.passkey.confirmed, m.message = true, passkeyTakenMessage
	m.wake(now.Add(passkeyMost), dial)
}

// takePasskey follows WhatsApp's acceptance of a passkey. Nobody needs to compare codes
// if the device has proved that it showed the QR code that the phone scanned.
func (m *machine) takePasskey(now time.Time, t whatsapp.PasskeyTaken) []effect {
	if m.passkey == nil {
		return nil
	}
	m.presentedPasskey(now)
	if t.Proved {
		return []effect{confirmPasskey}
	}
	link := m.passkey
	link.code = t.Code
	m.enter(now, v1.PhasePasskeyConfirmation, v1.ReasonPasskeyConfirmation, passkeyCodeMessage)
	m.passkey = link
	m.wake(now.Add(passkeyMost), dial)
	return nil
}

// failPasskey begins again, unless the link was made all the same.
func (m *machine) failPasskey(now time.Time) []effect {
	if m.passkey == nil {
		return nil
	}
	return m.turn(now, whatsapp.PairFailed{})
}

// dropPasskey ends a link with a passkey whose connection ends: a code is scanned again.
func (m *machine) dropPasskey(now time.Time) {
	if m.passkey != nil {
		m.enter(now, v1.PhaseScanQRCode, m.waiting(), passkeyLateMessage)
	}
}
