package wire

import (
	"encoding/base64"

	"github.com/wasession/wasession/runtime/chat"
)

// PasskeyChallenge is what a browser passes to navigator.credentials.get as publicKey.
type PasskeyChallenge struct {
	Challenge        string              `json:"challenge" doc:"In base64url"`
	Timeout          int64               `json:"timeout" doc:"Milliseconds"`
	RelyingParty     string              `json:"rpId"`
	AllowCredentials []PasskeyCredential `json:"allowCredentials"`
	UserVerification string              `json:"userVerification"`
	Extensions       map[string]any      `json:"extensions,omitempty"`
}

// PasskeyCredential is a passkey that WhatsApp takes.
type PasskeyCredential struct {
	ID         string   `json:"id" doc:"In base64url"`
	Type       string   `json:"type"`
	Transports []string `json:"transports,omitempty"`
}

// PasskeyCode is the code to compare with the one on the phone.
type PasskeyCode struct {
	Code string `json:"code"`
}

// NewPasskeyChallenge is WhatsApp's request for a passkey.
func NewPasskeyChallenge(r chat.PasskeyRequest) PasskeyChallenge {
	c := PasskeyChallenge{
		Challenge: base64.RawURLEncoding.EncodeToString(r.Challenge), Timeout: r.Timeout.Milliseconds(), RelyingParty: r.RelyingParty,
		AllowCredentials: []PasskeyCredential{}, UserVerification: r.Verification, Extensions: r.Extensions,
	}
	for _, p := range r.Credentials {
		c.AllowCredentials = append(c.AllowCredentials, PasskeyCredential{
			ID: base64.RawURLEncoding.EncodeToString(p.ID), Type: p.Type, Transports: p.Transports,
		})
	}
	return c
}
