package session

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/pacing"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// MaxWaiting is how many messages may wait to be sent.
const MaxWaiting = 1000

// How long nothing is sent after WhatsApp said that it is too much; longer each time.
const (
	pauseFirst = time.Minute
	pauseMost  = time.Hour
)

// sending is what a session knows about messages that wait to be sent.
type sending struct {
	// deciding is held while it is decided how a message goes, and that is stored.
	deciding sync.Mutex
	// changed wakes the loop that sends.
	changed chan struct{}

	mu     sync.Mutex
	paused time.Time
	pauses int
	// caughtUp is set once the connection has brought what came before it.
	caughtUp bool
}

func newSending() *sending { return &sending{changed: make(chan struct{}, 1)} }

// look makes the loop look at what waits.
func (q *sending) look() {
	select {
	case q.changed <- struct{}{}:
	default:
	}
}

// follow follows the connection.
func (q *sending) follow(in any) {
	switch in.(type) {
	case whatsapp.CaughtUp:
		q.catchUp(true)
		q.look()
	case whatsapp.Disconnected, startAsked, stopAsked, woke:
		q.catchUp(false)
	}
}

func (q *sending) catchUp(done bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.caughtUp = done
}

// hasCaughtUp reports whether receipts from before the connection have arrived.
func (q *sending) hasCaughtUp() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.caughtUp
}

// pause stops sending for a while.
func (q *sending) pause(now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if now.Before(q.paused) {
		return
	}
	q.paused = now.Add(grow(pauseFirst, pauseMost, q.pauses))
	q.pauses++
}

// went says that WhatsApp took a message.
func (q *sending) went() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pauses = 0
}

// from returns when sending may go on: now, or the end of a pause.
func (q *sending) from(now time.Time) time.Time {
	q.mu.Lock()
	defer q.mu.Unlock()
	if now.Before(q.paused) {
		return q.paused
	}
	return now
}

// limits returns the configured limits; nil for none.
func (s *Session) limits() *pacing.Limits {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, err := pacing.Compile(s.config.Sending)
	if err != nil {
		return nil // such a configuration is not accepted
	}
	return l
}

// mustWait decides whether a message to a chat waits. One that does not counts as sent.
// Status updates and posts to channels never wait. Without limits only what follows
// messages that wait still does.
func (s *Session) mustWait(ctx context.Context, to chat.ID) (bool, error) {
	if kind := to.Kind(); kind != chat.KindDirect && kind != chat.KindGroup {
		return false, nil
	}
	s.sending.deciding.Lock()
	defer s.sending.deciding.Unlock()
	var l pacing.Limits
	limits := s.limits()
	if limits != nil {
		l = *limits
	}
	state, err := s.store.Sending(ctx, limits != nil)
	if err != nil || limits == nil && len(state.Waiting) == 0 {
		return false, err
	}
	to, isNew, err := s.store.Destination(ctx, to)
	if err != nil {
		return false, err
	}
	now := time.Now()
	for i := range state.Waiting {
		if state.Waiting[i].ID.Chat == to {
			return true, s.admitWaiting(l, state, now)
		}
	}
	if limits == nil {
		return false, nil
	}
	this := len(state.Waiting)
	state.Waiting = append(state.Waiting, chat.Waiting{ID: chat.MessageID{Chat: to}, New: isNew})
	for i, at := range s.order(l, state, now) {
		if at.After(now) {
			break
		}
		if i == this {
			return false, s.store.NoteSent(ctx, chat.Sent{Chat: to, At: now, New: isNew})
		}
	}
	state.Waiting = state.Waiting[:this]
	return true, s.admitWaiting(l, state, now)
}

// admitWaiting fails if too many messages wait already.
func (s *Session) admitWaiting(l pacing.Limits, state chat.Sending, now time.Time) error {
	if len(state.Waiting) < MaxWaiting {
		return nil
	}
	full := chat.Limited{Text: fmt.Sprintf("%d messages wait to be sent, which is the most: try again when some of them have been, or cancel some", MaxWaiting), Wait: time.Second}
	for _, at := range s.order(l, state, now) {
		full.Wait = max(full.Wait, at.Sub(now))
		break
	}
	return full
}

// CancelSend removes a message that waits to be sent; chat.ErrNotFound if it does not.
func (s *Session) CancelSend(ctx context.Context, m chat.Message) error {
	return s.afterCancel(s.store.CancelSend(ctx, m.Chat, m.Stanza))
}

// CancelSends removes all messages that wait and are not being sent, and returns how many.
func (s *Session) CancelSends(ctx context.Context) (int, error) {
	n, err := s.store.CancelSends(ctx)
	return n, s.afterCancel(err)
}

func (s *Session) afterCancel(err error) error {
	if err == nil {
		s.sending.look()
		s.chatsChanged()
	}
	return err
}

// errStillWaits is why a message cannot be changed.
var errStillWaits error = chat.Impossible("the message still waits to be sent: delete it and send another")

// hasGone fails if a message still waits to be sent: others cannot be told of it yet.
func (s *Session) hasGone(ctx context.Context, m chat.Message) error {
	if !m.FromMe || m.Ack != chat.AckPending {
		return nil
	}
	waits, err := s.store.IsWaiting(ctx, m.Stanza)
	if err == nil && waits {
		err = errStillWaits
	}
	return err
}
