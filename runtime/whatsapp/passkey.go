package whatsapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.mau.fi/util/jsonbytes"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
)

// maxPasskeyRequest bounds, in bytes of JSON, what is kept of a request for a passkey.
const maxPasskeyRequest = 16 << 10

// passkeyTurn returns the turn for a request for a passkey.
func passkeyTurn(key *types.WebAuthnPublicKey) Turn {
	if key == nil || len(key.Challenge) == 0 {
		return PairFailed{Err: errors.New("WhatsApp asked for a passkey without a challenge")}
	}
	if encoded, err := json.Marshal(key); err != nil || len(encoded) > maxPasskeyRequest {
		return PairFailed{Err: errors.New("WhatsApp's request for a passkey is too large")}
	}
	request := &chat.PasskeyRequest{
		Challenge: key.Challenge, Timeout: time.Duration(key.Timeout) * time.Millisecond,
		RelyingParty: key.RelyingPartID, Verification: key.UserVerification, Extensions: key.Extensions,
	}
	for _, c := range key.AllowCredentials {
		request.Credentials = append(request.Credentials, chat.PasskeyCredential{ID: c.ID, Type: c.Type, Transports: c.Transports})
	}
	return PasskeyAsked{Request: request}
}

// PresentPasskey answers WhatsApp's request for a passkey.
func (a *Account) PresentPasskey(ctx context.Context, p chat.PasskeyAssertion) error {
	response := &types.WebAuthnResponse{ID: p.ID, RawID: p.RawID, Type: "public-key", Response: types.WebAuthnResponseData{
		ClientDataJSON: p.ClientData, AuthenticatorData: p.AuthenticatorData, Signature: p.Signature,
	}}
	if p.UserHandle != nil {
		response.Response.UserHandle = new(jsonbytes.UnpaddedURLBytes(p.UserHandle))
	}
	if err := a.current().SendPasskeyResponse(ctx, response); err != nil {
		return fmt.Errorf("presenting the passkey: %w", failure(err))
	}
	return nil
}

// ConfirmPasskey says that the phone shows the code of PasskeyTaken.
func (a *Account) ConfirmPasskey(ctx context.Context) error {
	if err := a.current().SendPasskeyConfirmation(ctx); err != nil {
		return fmt.Errorf("confirming the code: %w", failure(err))
	}
	return nil
}
