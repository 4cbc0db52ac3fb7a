package session

import (
	"context"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// phoneCode is the code that PhoneCode pairing shows.
type phoneCode struct {
	number, code string
}

// codePatience is how long QR and RequestCode wait for a code that is being
// renewed.
const codePatience = 5 * time.Second

// QR is the code to scan now. While codes are renewed it waits a moment.
func (s *Session) QR(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, codePatience)
	defer cancel()
	for {
		changed := s.Watch()
		s.mu.Lock()
		phase, code := s.machine.phase, s.machine.code()
		s.mu.Unlock()
		switch {
		case phase == v1.PhaseScanQRCode && code != "":
			return code, nil
		case phase != v1.PhaseScanQRCode && phase != v1.PhaseStarting, phase == v1.PhaseStarting && s.account.Paired():
			return "", chat.ErrNotPairing
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return "", chat.ErrNotPairing
		case <-s.ctx.Done():
			return "", chat.ErrNotPairing
		}
	}
}

// RequestCode asks for a pairing code for a number in digits. The code that
// PhoneCode pairing asked for already is given again for the same number: a new
// one would make the one that somebody is typing invalid.
func (s *Session) RequestCode(ctx context.Context, phoneNumber string) (string, error) {
	if _, err := s.QR(ctx); err != nil {
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

// renewPhoneCode asks for a code by itself, where nobody was quicker.
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
		s.log.Warn("No pairing code could be made; the QR code works", "error", err)
		return
	}
	s.mu.Lock()
	s.phone = phoneCode{number: number, code: code}
	s.mu.Unlock()
	s.log.Info("A pairing code is ready: ask for it on the chat API")
	s.publish()
}
