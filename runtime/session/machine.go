package session

import (
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// Delays of the machine. Codes are shown as long as in WhatsApp's own clients.
const (
	firstCode    = 60 * time.Second
	nextCode     = 20 * time.Second
	dialPatience = 90 * time.Second // until a pending connection is retried
	lostPatience = 5 * time.Minute  // until a reconnect by whatsmeow is replaced by a new connection
	redialFirst  = 2 * time.Second
	redialMost   = time.Minute
	yieldFirst   = 30 * time.Second // after another connection took over
	yieldMost    = 10 * time.Minute
	yieldForgets = 10 * time.Minute // after a connection this long, yielding starts over
	banUnknown   = time.Hour
	limitFirst   = time.Minute // after WhatsApp limited the logins
	limitMost    = time.Hour
	steadyAfter  = time.Minute // a connection this long was a good one
	flapsFirst   = 2 * time.Second
	flapsMost    = 5 * time.Minute
	flapsFree    = 5 // lost connections, none of them good, that whatsmeow replaces at once
)

// effect is an action on the connection.
type effect int

const (
	connect effect = iota // replaces any current connection
	disconnect
	askPhoneCode
	confirmPasskey
)

// errand is what the machine does at its next wake-up.
type errand int

const (
	rest errand = iota
	dial
	rotate
)

// Inputs besides the turns of the connection.
type (
	startAsked struct{}
	stopAsked  struct{}
	dialFailed struct{ attempt int }
	// pinChanged holds whether the linked account is not the pinned one.
	pinChanged struct{ mismatched bool }
	woke       struct{}
	// storageFull: the volume is full. storageRoomy: it has free space again.
	storageFull  struct{}
	storageRoomy struct{}
)

// machine decides what the session does next. It has no clock and no side
// effects: everything that happens is an input with its time.
type machine struct {
	method v1.PairingMethod
	wanted bool
	paired bool
	// full is set while the volume is full: there is no connection meanwhile.
	full bool

	phase   v1.Phase
	reason  v1.Reason
	message string
	since   time.Time
	retryAt time.Time

	// codes are the remaining QR codes, the current one first.
	codes []string
	// passkey is the link that waits for a passkey; nil for none.
	passkey *passkey

	wakeAt time.Time
	errand errand

	// refused is the last digits of the number of the phone refused last.
	// mismatched is set while the linked account is not the pinned one.
	refused    string
	mismatched bool

	connectedAt time.Time
	dials       int // consecutive failed ones
	flaps       int // consecutive connections that were lost soon
	throttles   int // consecutive ones, without a good connection in between
	yields      int // consecutive ones to other connections
}

func newMachine(method v1.PairingMethod, paired bool, now time.Time) *machine {
	return &machine{method: method, paired: paired, phase: v1.PhaseStopped, since: now}
}

// step processes an input and returns the effects, in order.
func (m *machine) step(now time.Time, in any) []effect {
	switch in := in.(type) {
	case startAsked:
		return m.start(now)
	case pinChanged:
		return m.pin(now, in.mismatched)
	case stopAsked:
		m.wanted = false
		m.enter(now, v1.PhaseStopped, "", "")
		return []effect{disconnect}
	case whatsapp.LoggedOut:
		m.paired, m.mismatched = false, false
		if !m.wanted {
			return nil
		}
		m.enter(now, v1.PhaseFailed, v1.ReasonLoggedOut, logoutMessages[in.By])
		return []effect{disconnect}
	case whatsapp.Paired, whatsapp.Connected:
		m.paired, m.refused = true, ""
	}
	switch in.(type) {
	case storageFull:
		return m.fill(now)
	case storageRoomy:
		return m.drain(now)
	}
	if !m.wanted || m.full && m.reason == v1.ReasonStorageFull {
		return nil
	}
	switch in := in.(type) {
	case whatsapp.Turn:
		return m.turn(now, in)
	case passkeyPresented:
		m.presentedPasskey(now)
	case passkeyConfirmed:
		m.confirmedPasskey(now)
	case passkeyFailed:
		return m.failPasskey(now)
	case dialFailed:
		m.enter(now, v1.PhaseStarting, v1.ReasonDisconnected, "Cannot connect to WhatsApp; retrying")
		m.wake(now.Add(grow(redialFirst, redialMost, m.dials)), dial)
		m.dials++
	case woke:
		return m.wokeUp(now)
	}
	return nil
}

func (m *machine) start(now time.Time) []effect {
	if m.wanted && m.phase != v1.PhaseStopped && m.phase != v1.PhaseFailed {
		return nil
	}
	m.wanted, m.dials, m.yields, m.flaps, m.throttles = true, 0, 0, 0, 0
	if m.mismatched {
		return m.stay(now)
	}
	if m.full {
		return m.awaitRoom(now)
	}
	m.enter(now, v1.PhaseStarting, v1.ReasonConnecting, "Connecting to WhatsApp")
	m.wake(now.Add(dialPatience), dial)
	return []effect{connect}
}

// pin follows a change of the pinned account. A linked account that is not the
// pinned one stays linked but is not connected: only a person may log it out.
func (m *machine) pin(now time.Time, mismatched bool) []effect {
	was := m.mismatched
	m.mismatched = mismatched
	switch {
	case !m.wanted || was == mismatched:
		return nil
	case mismatched:
		return m.stay(now)
	}
	m.phase = v1.PhaseStopped
	return m.start(now)
}

func (m *machine) stay(now time.Time) []effect {
	m.enter(now, v1.PhaseFailed, v1.ReasonWrongAccount,
		"The linked number is not the one in pairing.account: log the session out and pair with that phone, or change pairing.account")
	return []effect{disconnect}
}

// turn follows the connection.
func (m *machine) turn(now time.Time, t whatsapp.Turn) []effect {
	if !m.retryAt.IsZero() && ofConnection(t) {
		return nil // of the one that was closed
	}
	if !m.paired && ofResponse(t) {
		return nil // a link goes on if WhatsApp answers again, and has a time limit if not
	}
	switch t := t.(type) {
	case whatsapp.QRCodes:
		return m.showCodes(now, t.Codes)
	case whatsapp.Paired:
		m.enter(now, v1.PhaseStarting, v1.ReasonConnecting, "The device is linked; logging in")
		m.wake(now.Add(dialPatience), dial)
	case whatsapp.PairFailed:
		m.enter(now, v1.PhaseStarting, v1.ReasonConnecting, "Linking the device failed; a new code follows")
		m.wake(now.Add(redialFirst), dial)
	case whatsapp.WrongAccount:
		m.refused = t.Ending
	case whatsapp.PasskeyAsked:
		m.askPasskey(now, t.Request)
	case whatsapp.PasskeyTaken:
		return m.takePasskey(now, t)
	case whatsapp.Connected, whatsapp.Responsive:
		m.enter(now, v1.PhaseWorking, v1.ReasonConnected, "Connected to WhatsApp")
		m.connectedAt, m.dials = now, 0
	case whatsapp.Unresponsive:
		m.enter(now, v1.PhaseStarting, v1.ReasonDisconnected, "WhatsApp is not responding; waiting for the connection to recover")
		m.wake(now.Add(lostPatience), dial)
	case whatsapp.Disconnected:
		return m.lost(now)
	case whatsapp.Outdated:
		m.enter(now, v1.PhaseFailed, v1.ReasonClientOutdated, "WhatsApp rejects this version of the runtime: install a newer image")
		return []effect{disconnect}
	case whatsapp.Banned:
		return m.waitOut(now, t)
	case whatsapp.Throttled:
		return m.slowDown(now)
	case whatsapp.Replaced:
		return m.yield(now)
	case whatsapp.Refused:
		if m.soon(now) {
			m.flaps++
		}
		m.enter(now, v1.PhaseStarting, v1.ReasonDisconnected, "WhatsApp refused the connection ("+t.Reason+"); retrying")
		m.retry(now, grow(yieldFirst, yieldMost, m.dials+max(m.flaps-1, 0)))
		m.dials++
		return []effect{disconnect}
	}
	return nil
}

// showCodes starts showing a new set of codes.
func (m *machine) showCodes(now time.Time, codes []string) []effect {
	if len(codes) == 0 {
		m.wake(now.Add(redialFirst), dial)
		return nil
	}
	m.dials = 0
	text := "Waiting for the QR code to be scanned"
	if m.method == v1.PairingPhoneCode {
		text = "Waiting for the pairing code to be entered on the phone"
	}
	m.enter(now, v1.PhaseScanQRCode, m.waiting(), text)
	if m.refused != "" {
		m.enter(now, v1.PhaseScanQRCode, v1.ReasonWrongAccount, "A phone whose number ends in "+m.refused+
			" was refused: only the number in pairing.account may be linked")
	}
	m.codes = codes
	m.wake(now.Add(firstCode), rotate)
	if m.method == v1.PairingPhoneCode {
		return []effect{askPhoneCode}
	}
	return nil
}

// waiting is the reason of a session that shows codes.
func (m *machine) waiting() v1.Reason {
	if m.method == v1.PairingPhoneCode {
		return v1.ReasonWaitingForCode
	}
	return v1.ReasonWaitingForScan
}

// lost handles a lost connection. A paired device reconnects automatically. An
// unpaired one most likely ran out of codes: it stays in its phase, so that the
// status does not change every minute while nobody scans.
func (m *machine) lost(now time.Time) []effect {
	m.dropPasskey(now)
	switch {
	case m.paired:
		return m.again(now)
	case m.phase == v1.PhaseScanQRCode:
		m.codes = nil
		m.wake(now.Add(redialFirst), dial)
	default:
		m.wake(now.Add(grow(redialFirst, redialMost, m.dials)), dial)
		m.dials++
	}
	return nil
}

// yield gives way to another connection of the same device, longer each time.
func (m *machine) yield(now time.Time) []effect {
	if !m.connectedAt.IsZero() && now.Sub(m.connectedAt) > yieldForgets {
		m.yields = 0
	}
	m.enter(now, v1.PhaseStarting, v1.ReasonStreamReplaced, "Another connection took over this device; retrying later")
	m.retry(now, grow(yieldFirst, yieldMost, m.yields))
	m.yields++
	return []effect{disconnect}
}

func (m *machine) wokeUp(now time.Time) []effect {
	if m.wakeAt.IsZero() || now.Before(m.wakeAt) {
		return nil
	}
	todo := m.errand
	m.wakeAt, m.errand, m.retryAt = time.Time{}, rest, time.Time{}
	m.dropPasskey(now)
	switch todo {
	case rotate:
		if len(m.codes) > 1 {
			m.codes = m.codes[1:]
			m.wake(now.Add(nextCode), rotate)
			return nil
		}
		m.codes = nil
		m.wake(now.Add(dialPatience), dial)
		return []effect{connect}
	case dial:
		if m.full {
			return m.awaitRoom(now)
		}
		m.wake(now.Add(dialPatience), dial)
		return []effect{connect}
	}
	return nil
}

// enter sets the phase, and resets what belonged to the previous one. since is
// kept while phase and reason stay the same.
func (m *machine) enter(now time.Time, phase v1.Phase, reason v1.Reason, message string) {
	if m.phase != phase || m.reason != reason {
		m.since = now
	}
	m.phase, m.reason, m.message = phase, reason, message
	m.codes, m.passkey, m.retryAt = nil, nil, time.Time{}
	m.wakeAt, m.errand = time.Time{}, rest
}

func (m *machine) wake(at time.Time, e errand) { m.wakeAt, m.errand = at, e }

// retry schedules a dial at a time that the status shows.
func (m *machine) retry(now time.Time, wait time.Duration) {
	m.retryAt = now.Add(wait)
	m.wake(m.retryAt, dial)
}

// code returns the current QR code; empty for none.
func (m *machine) code() string {
	if len(m.codes) == 0 {
		return ""
	}
	return m.codes[0]
}

// grow doubles a delay n times, up to a maximum.
func grow(first, most time.Duration, n int) time.Duration {
	for range n {
		first *= 2
		if first >= most {
			return most
		}
	}
	return first
}
