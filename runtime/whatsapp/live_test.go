package whatsapp

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/test/simulator"
)

const (
	livePatience         = 4 * time.Minute
	bobID        chat.ID = "15550002222@c.us"
	aliceID      chat.ID = "15550001111@c.us"
)

// recorder is a handler that remembers everything, and fails where it is told to.
type recorder struct {
	mu      sync.Mutex
	changes []chat.Change
	turns   []Turn
	missed  int
	removed map[chat.ID]bool
	// fail returns the error for changes; nil stores them.
	fail func(...chat.Change) error
	// changed is closed at the next call.
	changed chan struct{}
}

func newRecorder() *recorder {
	return &recorder{changed: make(chan struct{}), removed: map[chat.ID]bool{}}
}

// note runs f and wakes those who wait.
func (r *recorder) note(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *recorder) Apply(_ context.Context, changes ...chat.Change) (err error) {
	r.mu.Lock()
	fail := r.fail
	r.mu.Unlock()
	if fail != nil {
		err = fail(changes...)
	}
	r.note(func() {
		if err == nil {
			r.changes = append(r.changes, changes...)
		}
	})
	return err
}

func (r *recorder) Message(_ context.Context, _ chat.ID, stanza string) (chat.Message, error) {
	if m, ok := r.message(stanza); ok {
		return m, nil
	}
	return chat.Message{}, chat.ErrNotFound
}

func (r *recorder) PictureChanged(_ context.Context, id chat.ID, removed bool) {
	r.note(func() { r.removed[id] = removed })
}
func (r *recorder) StateMissed()    { r.note(func() { r.missed++ }) }
func (r *recorder) HistoryArrived() { r.note(func() {}) }
func (r *recorder) Turned(t Turn)   { r.note(func() { r.turns = append(r.turns, t) }) }

// failing sets what Apply fails with.
func (r *recorder) failing(fail func(...chat.Change) error) { r.note(func() { r.fail = fail }) }

// message is the stored message with an id.
func (r *recorder) message(stanza string) (m chat.Message, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.changes {
		if got, is := c.(chat.MessageReceived); is && got.Message.Stanza == stanza {
			return got.Message, true
		}
	}
	return m, false
}

// all are the changes of one kind so far.
func all[C chat.Change](r *recorder) (found []C) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.changes {
		if got, ok := c.(C); ok {
			found = append(found, got)
		}
	}
	return found
}

// turned counts the turns of a kind so far.
func turned[T Turn](r *recorder) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.turns {
		if _, ok := t.(T); ok {
			n++
		}
	}
	return n
}

// live is an account that is connected to a simulated WhatsApp.
type live struct {
	*Account
	*recorder
	t          *testing.T
	ctx        context.Context
	srv        *simulator.Server
	alice, bob *simulator.User
	opts       Options
	// device is the account's device, as WhatsApp's servers see it.
	device *simulator.Companion
	// sets is how many sets of QR codes there were before the last open.
	sets int
}

// newLive opens an account and connects it. It waits to be paired.
func newLive(t *testing.T, change ...func(*Options)) *live {
	t.Helper()
	srv, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), livePatience)
	t.Cleanup(cancel)
	at, err := url.Parse(srv.URL())
	if err != nil {
		t.Fatal(err)
	}
	l := &live{
		recorder: newRecorder(), t: t, ctx: ctx, srv: srv,
		alice: srv.AddUser("15550001111", "", "Alice"), bob: srv.AddUser("15550002222", "", "Bob"),
	}
	l.opts = Options{
		Dir: t.TempDir(), Handler: l.recorder, Logger: slog.New(slog.DiscardHandler), Device: aDevice,
		Endpoint: &Endpoint{URL: at, RootKey: srv.RootKey()}, SendPatience: 10 * time.Second,
	}
	for _, c := range change {
		c(&l.opts)
	}
	l.open()
	return l
}

// open opens the account on the same directory and connects it.
func (l *live) open() {
	l.t.Helper()
	a, err := Open(l.ctx, l.opts)
	if err != nil {
		l.t.Fatal(err)
	}
	l.Account, l.sets = a, turned[QRCodes](l.recorder)
	l.t.Cleanup(func() { l.close(a) })
	if err := a.Connect(); err != nil {
		l.t.Fatal(err)
	}
}

// close closes an account that is not closed yet.
func (l *live) close(a *Account) {
	l.t.Helper()
	a.mu.Lock()
	closed := a.closed
	a.mu.Unlock()
	if closed {
		return
	}
	if err := a.Close(); err != nil {
		l.t.Errorf("close: %v", err)
	}
}

// await waits until a condition holds. It looks after each call of the handler,
// and at intervals for what makes no call.
func (l *live) await(what string, condition func() bool) {
	l.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		l.recorder.mu.Lock()
		changed := l.recorder.changed
		l.recorder.mu.Unlock()
		if condition() {
			return
		}
		select {
		case <-changed:
		case <-tick.C:
		case <-l.ctx.Done():
			l.t.Fatalf("%s: did not happen; turns %v", what, l.turns)
		}
	}
}

// qr waits for QR codes after the first n sets and returns the first code.
func (l *live) qr(n int) string {
	l.t.Helper()
	l.await("QR codes", func() bool { return turned[QRCodes](l.recorder) > n })
	l.recorder.mu.Lock()
	defer l.recorder.mu.Unlock()
	for _, t := range slices.Backward(l.turns) {
		if codes, ok := t.(QRCodes); ok {
			return codes.Codes[0]
		}
	}
	return ""
}

// pair scans the code and waits for the login.
func (l *live) pair() *live {
	l.t.Helper()
	before := turned[Connected](l.recorder)
	var err error
	if l.device, err = l.alice.ScanQR(l.ctx, l.qr(l.sets)); err != nil {
		l.t.Fatal(err)
	}
	l.await("the login", func() bool { return turned[Connected](l.recorder) > before && l.reachable() })
	return l
}

func (l *live) reachable() bool { _, err := l.online(); return err == nil }

// paired is an account that is linked to Alice.
func paired(t *testing.T, change ...func(*Options)) *live {
	t.Helper()
	return newLive(t, change...).pair()
}

// received is a message from Bob once it is stored.
func (l *live) received(text string) chat.Message {
	l.t.Helper()
	id, err := l.bob.SendText(l.ctx, l.alice, text)
	if err != nil {
		l.t.Fatal(err)
	}
	return l.stored(id)
}

// stored waits for a message.
func (l *live) stored(id string) (m chat.Message) {
	l.t.Helper()
	l.await("message "+id, func() bool { var ok bool; m, ok = l.message(id); return ok })
	return m
}

// keys waits for the key of the app state.
func (l *live) keys() {
	l.t.Helper()
	l.await("the key of the app state", func() bool {
		id, err := l.current().Store.AppStateKeys.GetLatestAppStateSyncKeyID(l.ctx)
		return err == nil && id != nil
	})
}

// saying sends a text to Bob.
func (l *live) saying(text string) (chat.Message, error) {
	return l.Send(l.ctx, chat.Outgoing{To: bobID, Content: chat.OutgoingText{Text: text}})
}

// wants checks an error: its class, and its text where one is given.
func wants(t *testing.T, what string, err, class error, text string) {
	t.Helper()
	if !errors.Is(err, class) || (text != "" && err.Error() != text) {
		t.Errorf("%s: %v\nwant %v: %q", what, err, class, text)
	}
}
