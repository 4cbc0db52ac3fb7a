package session

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// What the calls of a link with a passkey answer at another step of it.
const (
	noPasskey = chat.Impossible("WhatsApp has not asked for a passkey: scan the QR code with the phone first. " +
		"If its account is protected by a passkey, the challenge is here afterwards")
	noPasskeyCode = chat.Impossible("there is no code to confirm: send the passkey's assertion first. " +
		"Most links need no confirmation")
	passkeyPending = chat.Impossible("the code was scanned, and WhatsApp asks for a passkey: answer its challenge, " +
		"or restart the session for another code")
	passkeyDone = chat.Impossible("the codes were compared already: wait until the session is WORKING, " +
		"or restart it to begin again")
	passkeySent = chat.Impossible("the passkey was presented already: wait until the session is WORKING, " +
		"or restart it to begin again")
	passkeyStale = chat.Impossible("the passkey signed another challenge: get the current one, which a further scan " +
		"of the QR code replaces, and sign that")
)

// passkeyNow returns the link with a passkey; ok is false without one.
func (s *Session) passkeyNow() (p passkey, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.machine.passkey == nil {
		return passkey{}, false
	}
	return *s.machine.passkey, true
}

// PasskeyRequest returns what WhatsApp asks the authenticator for.
func (s *Session) PasskeyRequest() (chat.PasskeyRequest, error) {
	p, ok := s.passkeyNow()
	switch {
	case !ok:
		return chat.PasskeyRequest{}, noPasskey
	case p.presented:
		return chat.PasskeyRequest{}, passkeySent
	}
	return *p.request, nil
}

// PresentPasskey answers the request. It may be called again after an error.
func (s *Session) PresentPasskey(ctx context.Context, a chat.PasskeyAssertion) error {
	s.coding.Lock()
	defer s.coding.Unlock()
	request, err := s.PasskeyRequest()
	if err != nil {
		return err
	}
	if signsAnother(a, request.Challenge) {
		return passkeyStale
	}
	if err := s.account.PresentPasskey(ctx, a); err != nil {
		return err
	}
	return s.command(ctx, passkeyPresented{})
}

// signsAnother reports whether an assertion certainly is for another challenge. WhatsApp
// says nothing to one that it does not take. What cannot be read is left to it.
func signsAnother(a chat.PasskeyAssertion, challenge []byte) bool {
	var signed struct {
		Challenge string `json:"challenge"`
	}
	if err := json.Unmarshal(a.ClientData, &signed); err != nil || signed.Challenge == "" {
		return false
	}
	got, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(signed.Challenge, "="))
	return err == nil && !bytes.Equal(got, challenge)
}

// PasskeyCode returns the code to compare with the one on the phone.
func (s *Session) PasskeyCode() (string, error) {
	p, ok := s.passkeyNow()
	switch {
	case !ok:
		return "", noPasskey
	case p.code == "":
		return "", noPasskeyCode
	case p.confirmed:
		return "", passkeyDone
	}
	return p.code, nil
}

// ConfirmPasskey says that the phone shows the same code.
func (s *Session) ConfirmPasskey(ctx context.Context) error {
	s.coding.Lock()
	defer s.coding.Unlock()
	if _, err := s.PasskeyCode(); err != nil {
		return err
	}
	if err := s.account.ConfirmPasskey(ctx); err != nil {
		return err
	}
	return s.command(ctx, passkeyConfirmed{})
}

// confirmPasskey confirms a link whose codes nobody needs to compare.
func (s *Session) confirmPasskey() {
	ctx, cancel := context.WithTimeout(s.ctx, time.Minute)
	defer cancel()
	if err := s.account.ConfirmPasskey(ctx); err != nil {
		s.log.Warn("Failed to finish linking with a passkey", "error", err)
		s.inbox.put(passkeyFailed{})
	}
}
