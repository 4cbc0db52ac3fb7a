package session

import (
	"context"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// phoneCode is a pairing code and the number it was requested for.
type phoneCode struct {
	number, code string
}

// codePatience is how long QR and RequestCode wait while codes are renewed.
const codePatience = 5 * time.Second

// QR returns the current QR code, and when it is renewed. It waits a few seconds while
// codes are renewed.
func (s *Session) QR(ctx context.Context) (code string, until time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, codePatience)
	defer cancel()
	for {
		changed := s.Watch()
		s.mu.Lock()
		phase, code, until, scanned := s.machine.phase, s.machine.code(), s.machine.wakeAt, s.machine.passkey != nil
		s.mu.Unlock()
		switch {
		case phase == v1.PhaseScanQRCode && code != "":
			return code, until, nil
		case scanned:
			return "", time.Time{}, passkeyPending
		case phase != v1.PhaseScanQRCode && phase != v1.PhaseStarting, phase == v1.PhaseStarting && s.account.Paired():
			return "", time.Time{}, chat.ErrNotPairing
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return "", time.Time{}, chat.ErrNotPairing
		case <-s.ctx.Done():
			return "", time.Time{}, chat.ErrNotPairing
		}
	}
}

// RequestCode requests a pairing code for a number in digits. A code that was
// requested before for the same number is returned again: a new one would
// invalidate the one that somebody is entering.
func (s *Session) RequestCode(ctx context.Context, phoneNumber string) (string, error) {
	if _, _, err := s.QR(ctx); err != nil {
		return "", err
	}
	s.coding.Lock()
	defer s.coding.Unlock()
	s.mu.Lock()
	known := s.phone
	s.mu.Unlock()
	if known.number == phoneNumber && known.code != "" {
		return known.code, nil
	}
	code, err := s.account.PairCode(ctx, phoneNumber)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	s.phone = phoneCode{number: phoneNumber, code: code}
	s.mu.Unlock()
	s.publish()
	return code, nil
}

// renewPhoneCode requests a code for the configured number unless there is one.
func (s *Session) renewPhoneCode() {
	s.coding.Lock()
	defer s.coding.Unlock()
	s.mu.Lock()
	number, known := s.config.Pairing.PhoneNumber, s.phone
	s.mu.Unlock()
	if number == "" || known.number == number {
		return
	}
	ctx, cancel := context.WithTimeout(s.ctx, time.Minute)
	defer cancel()
	code, err := s.account.PairCode(ctx, number)
	if err != nil {
		s.log.Warn("Failed to request a pairing code; use the QR code instead", "error", err)
		return
	}
	s.mu.Lock()
	s.phone = phoneCode{number: number, code: code}
	s.mu.Unlock()
	s.log.Info("A pairing code is ready: get it from the chat API")
	s.publish()
}
