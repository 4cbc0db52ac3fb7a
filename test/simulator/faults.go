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

// Stanza is a stanza in transit, as faults see it. Functions that match stanzas
// run under locks: they must only read the Stanza.
type Stanza struct {
	Direction Direction
	// User and Device identify the connection; User is nil before login.
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
	xmlns   string
	err     IQError
	backoff time.Duration // 0 says nothing of it
	left    int
}

// overLimit is the refusal of a query that says how long to wait.
type overLimit struct {
	IQError
	backoff time.Duration
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

// Rejected returns how many upgrades were rejected.
func (f *Faults) Rejected() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rejected
}

// FailIQ answers the next n info queries of a namespace with an error; n < 0
// means all until Clear. With code 0 they get no answer.
func (f *Faults) FailIQ(xmlns string, code int, text string, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.iqs = append(f.iqs, &iqFault{xmlns: xmlns, err: IQError{code, text}, left: n})
}

// LimitIQ answers the next n info queries of a namespace with the error 429, and says
// how long the client should wait; n < 0 means all until Clear.
func (f *Faults) LimitIQ(xmlns string, backoff time.Duration, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.iqs = append(f.iqs, &iqFault{xmlns: xmlns, err: IQError{codeOverLimit, "rate-overlimit"}, backoff: backoff, left: n})
}

// RejectMessages makes the server refuse the next n messages of clients to chats
// with an error code in the ack; n < 0 means all until Clear.
func (f *Faults) RejectMessages(code, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.messageCode, f.messageLeft = code, n
}

// Drop drops the stanzas that match, until the returned function is called.
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

// Delay holds back the stanzas that match, and everything after them on the
// same connection, until the returned function is called.
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

// IgnorePings leaves keepalives unanswered while on.
func (f *Faults) IgnorePings(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ignorePings = on
}

// DeliverAtOnce sends the whole queue without waiting for acknowledgements
// while on, so that a long backlog arrives faster than whatsmeow can buffer it.
func (f *Faults) DeliverAtOnce(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.atOnce = on
}

// SetLatency delays everything that is sent to clients.
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

// rejectUpgrade rejects an upgrade if it must, and reports whether it did.
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

// iqError returns the error for an info query, or nil.
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
			if fault.backoff > 0 {
				return &overLimit{fault.err, fault.backoff}
			}
			err := fault.err
			return &err
		}
	}
	return nil
}

// messageError returns the code with which to refuse a message, or 0.
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

// judge returns whether a stanza is dropped, and how long it is delayed.
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
