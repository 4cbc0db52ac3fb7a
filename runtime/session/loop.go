package session

import (
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// command is an input whose sender waits until it is processed: then done is
// closed.
type command struct {
	in   any
	done chan struct{}
}

// run feeds the machine and carries out its effects, one after another, until the
// session is closed.
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

// untilWake returns the time until the machine's next wake-up.
func (s *Session) untilWake() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.machine.wakeAt.IsZero() {
		return time.Hour
	}
	return max(time.Until(s.machine.wakeAt), 0)
}

// feed gives the machine an input, publishes the new status and carries out the
// effects.
func (s *Session) feed(in any) {
	if failed, ok := in.(dialFailed); ok && failed.attempt != s.attempt {
		return // from a connection that was replaced since
	}
	now := time.Now()
	s.mu.Lock()
	before := s.machine.phase
	asked := s.machine.passkey
	effects := s.machine.step(now, in)
	if _, ok := in.(whatsapp.QRCodes); ok {
		s.phone = phoneCode{} // it belonged to the previous connection
	}
	askedAgain := asked != nil && s.machine.passkey != nil && s.machine.passkey.request != asked.request
	s.mu.Unlock()
	s.afterStep(now)
	if status := s.Status(); status.Phase != before || askedAgain {
		s.log.Info("Session status changed", "status", status.Phase, "reason", status.Reason)
		if !s.account.Held() {
			s.tellStatus()
		}
	}
	for _, e := range effects {
		s.carryOut(e)
	}
	s.sending.follow(in)
	if _, ok := in.(whatsapp.Throttled); ok {
		s.limited.logins.Add(1)
	}
	if _, ok := in.(whatsapp.Paired); ok {
		s.linked()
	}
	if _, ok := in.(whatsapp.Connected); ok {
		s.work.Go(s.afterLogin)
	}
}

// carryOut carries out an effect. Dialling is asynchronous and reports back
// through the inbox; disconnecting aborts it.
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
				s.log.Warn("Failed to connect to WhatsApp", "error", err)
				s.inbox.put(dialFailed{attempt})
			}
		})
	case askPhoneCode:
		s.work.Go(s.renewPhoneCode)
	case confirmPasskey:
		s.work.Go(s.confirmPasskey)
	}
}

// linked follows a pairing. An account with its own store is opened with that.
func (s *Session) linked() {
	if !s.account.Held() {
		s.inbox.put(pinChanged{mismatched(s.pinned(), s.account.Me())})
		return
	}
	// whatsmeow has advanced the version of the app state, but nothing was stored.
	s.missed.Store(true)
	s.log.Info("Another account was linked; switching to its data")
	if s.opts.OtherAccount != nil {
		s.opts.OtherAccount()
	}
}

// afterStep publishes the state of the machine.
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

// keptPhases is how many phase changes Statuses returns.
const keptPhases = 10

// publish wakes the watchers of the status.
func (s *Session) publish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changed)
	s.changed = make(chan struct{})
}
