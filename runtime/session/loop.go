package session

import (
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// command is an input whose sender waits: done is closed when it has taken
// effect.
type command struct {
	in   any
	done chan struct{}
}

// run feeds the machine and carries out what it wants, one after another, until
// the session is closed.
func (s *Session) run(first []effect) {
	for _, e := range first {
		s.carryOut(e)
	}
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(s.untilWake())
		select {
		case <-s.ctx.Done():
			return
		case <-timer.C:
			s.feed(woke{})
		case <-s.inbox.ready:
			for _, in := range s.inbox.take() {
				if c, ok := in.(command); ok {
					s.feed(c.in)
					close(c.done)
					continue
				}
				s.feed(in)
			}
		}
	}
}

// untilWake is how long the machine can sleep.
func (s *Session) untilWake() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.machine.wakeAt.IsZero() {
		return time.Hour
	}
	return max(time.Until(s.machine.wakeAt), 0)
}

// feed gives the machine an input, tells of the change, and acts.
func (s *Session) feed(in any) {
	if failed, ok := in.(dialFailed); ok && failed.attempt != s.attempt {
		return // of a connection that was given up since
	}
	now := time.Now()
	s.mu.Lock()
	before := s.machine.phase
	effects := s.machine.step(now, in)
	if _, ok := in.(whatsapp.QRCodes); ok {
		s.phone = phoneCode{} // it belonged to the connection before
	}
	s.mu.Unlock()
	s.afterStep(now)
	if status := s.Status(); status.Phase != before {
		s.log.Info("Session status", "status", status.Phase, "reason", status.Reason)
		if !s.account.Held() {
			s.tellStatus()
		}
	}
	for _, e := range effects {
		s.carryOut(e)
	}
	if _, ok := in.(whatsapp.Paired); ok {
		s.linked()
	}
	if _, ok := in.(whatsapp.Connected); ok {
		s.work.Go(s.afterLogin)
	}
}

// carryOut does what the machine wants. Dialling takes its time and reports
// back through the inbox; hanging up ends a dial that is under way.
func (s *Session) carryOut(e effect) {
	switch e {
	case disconnect:
		s.attempt++
		s.account.Disconnect()
	case connect:
		s.attempt++
		attempt := s.attempt
		s.work.Go(func() {
			if err := s.account.Connect(); err != nil && s.ctx.Err() == nil {
				s.log.Warn("WhatsApp cannot be reached", "error", err)
				s.inbox.put(dialFailed{attempt})
			}
		})
	case askPhoneCode:
		s.work.Go(s.renewPhoneCode)
	}
}

// linked follows a pairing: an account that has a store of its own is opened
// with that.
func (s *Session) linked() {
	if !s.account.Held() {
		s.inbox.put(pinChanged{mismatched(s.pinned(), s.account.Me())})
		return
	}
	// What the engine counts as seen of the shared state was not stored.
	s.missed.Store(true)
	s.log.Info("Another account was linked; its own data is opened")
	if s.opts.OtherAccount != nil {
		s.opts.OtherAccount()
	}
}

// afterStep makes what the machine decided visible.
func (s *Session) afterStep(now time.Time) {
	s.mu.Lock()
	m := s.machine
	if n := len(s.phases); n == 0 || s.phases[n-1].Phase != m.phase {
		s.phases = append(s.phases, chat.PhaseChange{Phase: m.phase, At: now})
		if len(s.phases) > keptPhases {
			s.phases = s.phases[len(s.phases)-keptPhases:]
		}
	}
	s.public.Phase, s.public.Reason, s.public.Message, s.public.Since = m.phase, m.reason, m.message, m.since
	s.public.RetryAt = nil
	if !m.retryAt.IsZero() {
		s.public.RetryAt = new(m.retryAt)
	}
	s.public.Paired = m.paired
	s.public.Storage = &v1.StorageStatus{Full: m.full}
	s.public.Me = nil
	if me := s.account.Me(); me.ID != "" {
		s.public.Me = &v1.Me{ID: string(me.ID), LID: string(me.LID), JID: me.JID, PushName: me.PushName}
	}
	if m.phase != v1.PhaseScanQRCode {
		s.phone = phoneCode{}
	}
	s.mu.Unlock()
	s.publish()
}

// keptPhases is how many changes of phase Statuses remembers.
const keptPhases = 10

// publish wakes everybody who watches the status.
func (s *Session) publish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changed)
	s.changed = make(chan struct{})
}
