package chat

import (
	"context"
	"encoding/json"
	"net/http"
)

// PasskeyChallenge is what a browser is asked to sign, in WebAuthn's JSON.
type PasskeyChallenge map[string]any

// Script is a line of JavaScript that has a passkey sign the challenge, and prints the
// answer.
func (c PasskeyChallenge) Script() string {
	encoded, _ := json.Marshal(c) // was JSON
	return "navigator.credentials.get({publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(" + string(encoded) +
		")}).then(c => console.log(JSON.stringify(c)))"
}

// PasskeyChallenge returns what the passkey has to sign.
func (c *Client) PasskeyChallenge(ctx context.Context) (challenge PasskeyChallenge, err error) {
	_, err = c.call(ctx, http.MethodGet, c.path("auth", "passkey", "challenge"), nil, nil, &challenge)
	return challenge, err
}

// PresentPasskey passes on the browser's answer, in JSON.
func (c *Client) PresentPasskey(ctx context.Context, assertion json.RawMessage) error {
	_, err := c.call(ctx, http.MethodPost, c.path("auth", "passkey"), nil, assertion, new(string))
	return err
}

// PasskeyCode returns the code to compare with the one on the phone.
func (c *Client) PasskeyCode(ctx context.Context) (string, error) {
	var answer struct {
		Code string `json:"code"`
	}
	_, err := c.call(ctx, http.MethodGet, c.path("auth", "passkey", "confirmation"), nil, nil, &answer)
	return answer.Code, err
}

// ConfirmPasskey says that the phone shows the same code.
func (c *Client) ConfirmPasskey(ctx context.Context) error {
	_, err := c.call(ctx, http.MethodPost, c.path("auth", "passkey", "confirm"), nil, nil, new(string))
	return err
}
