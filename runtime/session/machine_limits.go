package session

import (
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// logoutMessages say what ended the link, and what to do.
var logoutMessages = map[whatsapp.LogoutCause]string{
	whatsapp.LogoutByPhone: "The phone unlinked this device: restart the session and pair it again",
	whatsapp.LogoutByLock:  "WhatsApp locked the account, or it moved to another phone: look at WhatsApp on the phone, then restart the session and pair it again",
	whatsapp.LogoutByBan:   "WhatsApp banned the account: WhatsApp on the phone says whether it can be reviewed. Then restart the session and pair it again",
}

// again leaves a lost connection to whatsmeow, which reconnects at once. If one
// connection after the other ends soon, that would go on forever: then the next one
// waits, longer each time.
func (m *machine) again(now time.Time) []effect {
	if m.soon(now) {
		m.flaps++
	}
	m.enter(now, v1.PhaseStarting, v1.ReasonDisconnected, "The connection to WhatsApp was lost; reconnecting")
	if m.flaps > flapsFree {
		m.message = "WhatsApp ends each connection soon; retrying later"
		m.retry(now, grow(flapsFirst, flapsMost, m.flaps-flapsFree-1))
		return []effect{disconnect}
	}
	m.wake(now.Add(lostPatience), dial)
	return nil
}

// soon reports whether the connection that has ended was a short one. A good one ends
// what was counted of those before.
func (m *machine) soon(now time.Time) bool {
	began := m.connectedAt
	m.connectedAt = time.Time{}
	if began.IsZero() {
		return false // there was none
	}
	if now.Sub(began) < steadyAfter {
		return true
	}
	m.flaps, m.throttles = 0, 0
	return false
}

// ofConnection reports whether a turn tells of a connection that is open, or was.
func ofConnection(t whatsapp.Turn) bool {
	switch t.(type) {
	case whatsapp.Connected, whatsapp.Disconnected, whatsapp.Responsive, whatsapp.Unresponsive:
		return true
	}
	return false
}

// ofResponse reports whether a turn tells of WhatsApp's answers on an open connection.
func ofResponse(t whatsapp.Turn) bool {
	switch t.(type) {
	case whatsapp.Responsive, whatsapp.Unresponsive:
		return true
	}
	return false
}

// waitOut waits until a ban ends.
func (m *machine) waitOut(now time.Time, ban whatsapp.Banned) []effect {
	wait := ban.For
	if wait <= 0 {
		wait = banUnknown
	}
	why := ""
	if ban.Why != "" {
		why = " (" + ban.Why + ")"
	}
	m.enter(now, v1.PhaseStarting, v1.ReasonTemporaryBan, "WhatsApp banned the account temporarily"+why+"; waiting for the ban to end")
	m.retry(now, wait)
	return []effect{disconnect}
}

// slowDown waits before the next login, longer each time.
func (m *machine) slowDown(now time.Time) []effect {
	m.soon(now)
	m.enter(now, v1.PhaseStarting, v1.ReasonRateLimited, "WhatsApp limits how often the account logs in; retrying later")
	m.retry(now, grow(limitFirst, limitMost, m.throttles))
	m.throttles++
	return []effect{disconnect}
}
