package simulator

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/pairing"
	"github.com/wasession/wasession/test/simulator/stanza"
)

// passkeyTimeout is how long, in milliseconds, the client may ask for a
// passkey.
const passkeyTimeout = 60_000

// passkeyRequest is a link that waits for a passkey. Its channels carry what
// the client sends, in that order.
type passkeyRequest struct {
	challenge []byte
	options   []byte
	ref       string
	prologue  chan waBinary.Node
	nonce     chan []byte
	request   chan []byte
}

func newPasskeyRequest() (*passkeyRequest, error) {
	p := &passkeyRequest{
		challenge: randomBytes(32),
		ref:       newID(),
		prologue:  make(chan waBinary.Node, 1),
		nonce:     make(chan []byte, 1),
		request:   make(chan []byte, 1),
	}
	var err error
	p.options, err = json.Marshal(types.WebAuthnPublicKey{
		Challenge: p.challenge, Timeout: passkeyTimeout, RelyingPartID: "whatsapp.com", UserVerification: "required",
		AllowCredentials: []types.AllowedCredential{},
	})
	return p, err
}

// ScanQRWithPasskey is ScanQR for an account that requires a passkey for links:
// the client must present one, then both sides show a code. confirm gets the
// phone's code and returns whether the client shows the same. The simulator
// does not verify passkeys: it only checks that the client signed its
// challenge.
func (u *User) ScanQRWithPasskey(ctx context.Context, code string, confirm func(code string) bool) (*Companion, error) {
	c, qr, err := u.findQR(code)
	if err != nil {
		return nil, err
	}
	passkey, err := newPasskeyRequest()
	if err != nil {
		return nil, err
	}
	u.srv.mu.Lock()
	c.pairing.passkey = passkey
	u.srv.mu.Unlock()
	c.notify("passkey_prologue_request", stanza.Node("passkey_request_options", nil, passkey.options))

	prologue, err := await(ctx, c, passkey.prologue)
	if err != nil {
		return nil, err
	}
	link, err := passkey.accept(prologue, qr.advSecret)
	if err != nil {
		return nil, err
	}
	identity, err := link.Identity()
	if err != nil {
		return nil, err
	}
	c.notify("crsc_continuation", stanza.Node("primary_ephemeral_identity", nil, identity))
	nonce, err := await(ctx, c, passkey.nonce)
	if err != nil {
		return nil, err
	}
	shown, err := link.Code(nonce)
	if err != nil {
		return nil, err
	}
	if !confirm(shown) {
		return nil, ErrCodeWrong
	}
	encrypted, err := await(ctx, c, passkey.request)
	if err != nil {
		return nil, err
	}
	request, err := link.Open(encrypted)
	if err != nil {
		return nil, err
	}
	if string(request.GetCompanionPublicKey()) != string(c.static[:]) ||
		string(request.GetCompanionIdentityKey()) != string(c.pairing.identity[:]) {
		return nil, ErrCodeWrong
	}
	return u.link(ctx, c, c.pairing, request.GetAdvSecret())
}

// accept checks that the passkey was used for this link.
func (p *passkeyRequest) accept(prologue waBinary.Node, qrSecret []byte) (*pairing.PasskeyLink, error) {
	assertion, _ := prologue.GetChildByTag("webauthn_assertion").Content.([]byte)
	var response types.WebAuthnResponse
	if err := json.Unmarshal(assertion, &response); err != nil {
		return nil, fmt.Errorf("the client's assertion: %w", err)
	}
	var signed struct {
		Challenge string `json:"challenge"`
	}
	if err := json.Unmarshal(response.Response.ClientDataJSON, &signed); err != nil {
		return nil, fmt.Errorf("the client's assertion: %w", err)
	}
	if signed.Challenge != base64.RawURLEncoding.EncodeToString(p.challenge) {
		return nil, fmt.Errorf("%w: the passkey signed another challenge", ErrCodeWrong)
	}
	payload, _ := prologue.GetChildByTag("prologue_payload").Content.([]byte)
	proof, _ := prologue.GetChildByTag("pairing_handoff_proof").Content.([]byte)
	link, err := pairing.NewPasskeyLink(payload, proof, qrSecret)
	if err != nil {
		return nil, err
	}
	if link.Ref() != p.ref {
		return nil, errors.New("the client answered another request")
	}
	return link, nil
}

// handlePasskey handles the client's messages in a link with a passkey.
func (s *Server) handlePasskey(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	var passkey *passkeyRequest
	s.mu.RLock()
	if iq.conn.pairing != nil {
		passkey = iq.conn.pairing.passkey
	}
	s.mu.RUnlock()
	if passkey == nil {
		return nil, errNotFound
	}
	content, _ := iq.Child.Content.([]byte)
	switch iq.Child.Tag {
	case "ref":
		return []waBinary.Node{stanza.Node("ref", nil, []byte(passkey.ref))}, nil
	case "passkey_request_options":
		return []waBinary.Node{stanza.Node("passkey_request_options", nil, passkey.options)}, nil
	case "passkey_prologue":
		return nil, offer(passkey.prologue, iq.Child)
	case "companion_nonce":
		return nil, offer(passkey.nonce, content)
	default:
		return nil, offer(passkey.request, content)
	}
}

// offer passes on a value, unless the previous one is still waiting.
func offer[T any](ch chan<- T, v T) error {
	select {
	case ch <- v:
		return nil
	default:
		return &IQError{409, "conflict"}
	}
}
