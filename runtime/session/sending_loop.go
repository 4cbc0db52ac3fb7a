package session

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/pacing"
)

// order yields what waits in the order in which it is due.
func (s *Session) order(l pacing.Limits, state chat.Sending, now time.Time) iter.Seq2[int, time.Time] {
	return pacing.Order(s.sending.from(now), l.At(now, state.Since), state.Sent, state.Waiting)
}

// sendingError is how long to wait after an error of the store.
const sendingError = 10 * time.Second

// sendWaiting sends the messages that wait, one after the other, each when it is due.
func (s *Session) sendWaiting() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		online := s.Watch()
		wait, some, err := s.sendNext()
		if err != nil && s.ctx.Err() == nil {
			s.log.Error("Failed to send what waits", "error", err)
			wait, some = sendingError, true
		}
		if !some {
			online = nil // nothing waits: connections do not matter
			wait = time.Hour
		}
		timer.Reset(wait)
		select {
		case <-s.ctx.Done():
			return
		case <-timer.C:
		case <-s.sending.changed:
		case <-online:
		}
	}
}

// sendNext sends the next message that waits if it is due. It returns how long to wait
// for the next one, and whether there is one.
func (s *Session) sendNext() (wait time.Duration, some bool, err error) {
	w, wait, some, err := s.takeNext()
	if err != nil || w == nil {
		return wait, some, err
	}
	m, err := s.store.Message(s.ctx, w.ID.Chat, w.ID.Stanza)
	if errors.Is(err, chat.ErrNotFound) {
		return 0, true, nil // it was cancelled just now
	}
	if err != nil {
		return 0, true, err
	}
	wait, err = s.sendOne(w, m)
	return wait, true, err
}

// takeNext takes the next message that is due. w is nil if none is.
func (s *Session) takeNext() (w *chat.Waiting, wait time.Duration, some bool, err error) {
	s.sending.deciding.Lock()
	defer s.sending.deciding.Unlock()
	limits := s.limits()
	state, err := s.store.Sending(s.ctx, limits != nil)
	if err != nil || len(state.Waiting) == 0 {
		return nil, 0, false, err
	}
	status := s.Status()
	if status.Phase != v1.PhaseWorking {
		return nil, time.Hour, true, nil // until the session is connected
	}
	l := pacing.Limits{}
	if limits != nil {
		l = *limits
	}
	now := time.Now()
	if state.Ahead(now, now.Add(s.doubtful())) {
		// The clock was set back: nothing may wait until it is there again.
		return nil, 0, true, s.store.SetSendingBack(s.ctx, now, now.Add(s.doubtful()))
	}
	if !s.sending.hasCaughtUp() {
		// A receipt may be on its way. Without a word of it this takes no longer than a
		// send.
		for i := range state.Waiting {
			if w := &state.Waiting[i]; w.RetryAt.Before(status.Since.Add(s.doubtful())) {
				w.RetryAt = status.Since.Add(s.doubtful())
			}
		}
	}
	for i, at := range s.order(l, state, now) {
		if at.After(now) {
			return nil, at.Sub(now), true, nil
		}
		w = &state.Waiting[i]
		break
	}
	err = s.store.BeginSend(s.ctx, *w, now, now.Add(s.doubtful()), limits != nil)
	if errors.Is(err, chat.ErrNotFound) {
		return nil, 0, true, nil // it was cancelled just now
	}
	w.Tries++
	return w, 0, true, err
}

// doubtful is how long a message that was handed to WhatsApp waits for an answer or a
// receipt before it is tried again: twice the time of a send.
func (s *Session) doubtful() time.Duration { return 2 * cmp.Or(s.opts.SendPatience, 30*time.Second) }

// sendOne sends a message that waited and stores what became of it. If that cannot be
// stored, the message is tried again later under its ID.
func (s *Session) sendOne(w *chat.Waiting, m chat.Message) (wait time.Duration, err error) {
	ctx := context.WithoutCancel(s.ctx) // once begun it ends
	if m.Ack != chat.AckPending {
		return 0, s.endSend(ctx, m, m.Ack, time.Unix(m.Timestamp, 0)) // an answer or a receipt came after all
	}
	if w.Tries > pacing.MaxTries { // the process ended during each
		s.log.Warn("A message that waited was tried in vain; each time the process ended", "tries", pacing.MaxTries)
		return 0, s.endSend(ctx, m, chat.AckPending, time.Now())
	}
	at, err := s.account.SendQueued(ctx, m)
	switch pacing.Judge(err, w.Tries) {
	case pacing.Ended:
		if err != nil {
			s.log.Warn("A message that waited cannot be sent", "error", err)
			return 0, s.endSend(ctx, m, chat.AckError, time.Now())
		}
		s.sending.went()
		return 0, s.endSend(ctx, m, chat.AckServer, at)
	case pacing.Paused:
		s.limited.requests.Add(1)
		err := s.store.TakeBackSend(ctx, w.ID) // first: whoever sees the pause sees that this waits
		s.sending.pause(time.Now())
		s.log.Warn("WhatsApp limits the account's messages; sending pauses", "until", s.sending.from(time.Now()))
		return 0, err
	case pacing.Retried:
		return reconnectLook, s.store.TakeBackSend(ctx, w.ID)
	case pacing.Given:
		s.log.Warn("A message that waited was tried in vain", "tries", w.Tries, "error", err)
		if errors.Is(err, chat.ErrUnanswered) {
			return 0, s.endSend(ctx, m, chat.AckPending, time.Now())
		}
		return 0, s.endSend(ctx, m, chat.AckError, time.Now())
	case pacing.Doubtful:
		s.log.Info("A message that waited is tried again", "tries", w.Tries, "error", err)
	}
	return 0, nil
}

// endSend stores that a message waits no more.
func (s *Session) endSend(ctx context.Context, m chat.Message, ack chat.Ack, at time.Time) error {
	return handler{s}.Apply(ctx, chat.SendEnded{AckChanged: chat.AckChanged{
		Chat: m.Chat, Stanzas: []string{m.Stanza}, Ack: ack, Timestamp: at.Unix(),
	}})
}
