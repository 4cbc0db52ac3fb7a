package chat

import "time"

// PasskeyRequest is what WhatsApp asks an authenticator to sign before it links a
// device to an account with a passkey: the options of WebAuthn.
type PasskeyRequest struct {
	Challenge    []byte
	Timeout      time.Duration
	RelyingParty string
	Credentials  []PasskeyCredential
	Verification string
	Extensions   map[string]any
}

// PasskeyCredential is a passkey that WhatsApp takes.
type PasskeyCredential struct {
	ID         []byte
	Type       string
	Transports []string
}

// PasskeyAssertion is the authenticator's answer. UserHandle is nil if it gave none.
type PasskeyAssertion struct {
	ID                string
	RawID             []byte
	ClientData        []byte
	AuthenticatorData []byte
	Signature         []byte
	UserHandle        []byte
}
