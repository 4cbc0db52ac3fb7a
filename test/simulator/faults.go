package simulator

import (
	"math"
	"net/http"
	"sync"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
)

// Direction is the way a stanza travels.
type Direction int

// The two directions of a stanza.
const (
	FromClient Direction = iota
	ToClient
)

// Stanza is a stanza in transit, as a fault sees it. Functions that match stanzas run
// under locks: they must only read the Stanza.
type Stanza struct {
	Direction Direction
	// User and Device say whose connection it is; User is nil before login.
	User   *User
	Device uint16
	Node   *waBinary.Node
}

// Faults are faults injected into a Server. All are off by default; methods can be
// called at any time and take effect immediately.
type Faults struct {
	mu           sync.Mutex
	rejectStatus int
	rejectLeft   int
	rejected     int
	iqs          []*iqFault
	messageCode  int
	messageLeft  int
	drops        map[int]func(Stanza) bool
	delays       map[int]delayFault
	nextID       int
	ignorePings  bool
	atOnce       bool
	latency      time.Duration
}

type iqFault struct {
	xmlns string
	err   IQError
	left  int
}

type delayFault struct {
	match func(Stanza) bool
	by    time.Duration
}

func newFaults() *Faults {
	return &Faults{drops: make(map[int]func(Stanza) bool), delays: make(map[int]delayFault)}
}

// Clear switches all faults off.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rejectLeft, f.messageLeft, f.iqs = 0, 0, nil
	f.ignorePings, f.atOnce, f.latency = false, false, 0
	clear(f.drops)
	clear(f.delays)
}

// RejectUpgrades answers the next n websocket upgrades with an HTTP status;
// n < 0 means all until Clear.
func (f *Faults) RejectUpgrades(status, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rejectStatus, f.rejectLeft = status, n
}

// Rejected is how many upgrades were rejected so far.
func (f *Faults) Rejected() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rejected
}

// FailIQ answers the next n info queries of a namespace with an error; n < 0
// means all until Clear. Code 0 leaves them without an answer.
func (f *Faults) FailIQ(xmlns string, code int, text string, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.iqs = append(f.iqs, &iqFault{xmlns: xmlns, err: IQError{code, text}, left: n})
}

// RejectMessages makes the server refuse the next n messages of clients with
// an error code in the ack; n < 0 means all until Clear.
func (f *Faults) RejectMessages(code, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.messageCode, f.messageLeft = code, n
}

// Drop loses the stanzas that match, until the returned function is called.
func (f *Faults) Drop(match func(Stanza) bool) (stop func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.nextID++
	id := f.nextID
	f.drops[id] = match
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.drops, id)
	}
}

// Delay holds the stanzas that match, and with them what follows on the same
// connection, until the returned function is called.
func (f *Faults) Delay(match func(Stanza) bool, by time.Duration) (stop func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.nextID++
	id := f.nextID
	f.delays[id] = delayFault{match, by}
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.delays, id)
	}
}

// IgnorePings leaves keepalives without an answer while on.
func (f *Faults) IgnorePings(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ignorePings = on
}

// DeliverAtOnce sends all that is queued without waiting for acknowledgements, while
// on: a long backlog comes faster than whatsmeow can buffer it.
func (f *Faults) DeliverAtOnce(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.atOnce = on
}

// SetLatency delays all that goes to clients.
func (f *Faults) SetLatency(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.latency = d
}

func take(left *int) bool {
	if *left == 0 {
		return false
	}
	if *left > 0 {
		*left--
	}
	return true
}

// rejectUpgrade answers an upgrade that is to be rejected.
func (f *Faults) rejectUpgrade(w http.ResponseWriter) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !take(&f.rejectLeft) {
		return false
	}
	f.rejected++
	http.Error(w, "rejected by a simulated fault", f.rejectStatus)
	return true
}

// iqError returns the error an info query is to get, nil for none.
func (f *Faults) iqError(xmlns string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ignorePings && xmlns == "w:p" {
		return errNoReply
	}
	for _, fault := range f.iqs {
		if fault.xmlns == xmlns && take(&fault.left) {
			if fault.err.Code == 0 {
				return errNoReply
			}
			err := fault.err
			return &err
		}
	}
	return nil
}

// messageError returns the code a message is to be refused with, 0 for none.
func (f *Faults) messageError() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if take(&f.messageLeft) {
		return f.messageCode
	}
	return 0
}

// inFlightLimit is how many stanzas a companion may leave unacknowledged.
func (f *Faults) inFlightLimit() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.atOnce {
		return math.MaxInt
	}
	return inFlightLimit
}

// judge says whether a stanza is lost and how long it is held.
func (f *Faults) judge(st Stanza) (drop bool, delay time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, match := range f.drops {
		if match(st) {
			return true, 0
		}
	}
	if st.Direction == ToClient {
		delay = f.latency
	}
	for _, fault := range f.delays {
		if fault.match(st) {
			delay += fault.by
		}
	}
	return false, delay
}
