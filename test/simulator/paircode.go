package simulator

import (
	"context"
	"errors"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/pairing"
	"github.com/wasession/wasession/test/simulator/stanza"
)

// linkRequest is a client's request to be linked with a code. The lock of the
// Server guards it.
type linkRequest struct {
	pn      string
	ref     string
	wrapped []byte
	bundle  chan []byte // the client's key bundle, once the phone has the code
}

// handleLinkCode handles both stages of linking with a code.
func (s *Server) handleLinkCode(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	if iq.conn.pairing == nil {
		return nil, &IQError{400, "bad-request"}
	}
	switch iq.Child.Attrs["stage"] {
	case "companion_hello":
		return s.linkCodeHello(iq)
	case "companion_finish":
		return s.linkCodeFinish(iq)
	default:
		return nil, &IQError{400, "bad-request"}
	}
}

func (s *Server) linkCodeHello(iq *IQ) ([]waBinary.Node, error) {
	jid, _ := iq.Child.Attrs["jid"].(types.JID)
	wrapped, _ := iq.Child.GetChildByTag("link_code_pairing_wrapped_companion_ephemeral_pub").Content.([]byte)
	if jid.User == "" || len(wrapped) != pairing.WrappedKeyLength {
		return nil, &IQError{400, "bad-request"}
	}
	if s.User(jid.User) == nil {
		return nil, &IQError{404, "item-not-found"}
	}
	link := &linkRequest{pn: jid.User, ref: newID(), wrapped: wrapped, bundle: make(chan []byte, 1)}
	s.mu.Lock()
	iq.conn.pairing.link = link
	s.mu.Unlock()
	return []waBinary.Node{stanza.Node("link_code_companion_reg", waBinary.Attrs{
		"stage": "companion_hello",
	}, []waBinary.Node{stanza.Node("link_code_pairing_ref", nil, []byte(link.ref))})}, nil
}

func (s *Server) linkCodeFinish(iq *IQ) ([]waBinary.Node, error) {
	bundle, _ := iq.Child.GetChildByTag("link_code_pairing_wrapped_key_bundle").Content.([]byte)
	ref, _ := iq.Child.GetChildByTag("link_code_pairing_ref").Content.([]byte)
	s.mu.RLock()
	link := iq.conn.pairing.link
	s.mu.RUnlock()
	if link == nil || link.ref != string(ref) {
		return nil, &IQError{404, "item-not-found"}
	}
	return nil, offer(link.bundle, bundle)
}

// pendingLink returns the connection of the client that waits for a code to be
// typed on this phone.
func (u *User) pendingLink() (*conn, *linkRequest) {
	u.srv.mu.RLock()
	defer u.srv.mu.RUnlock()
	for c := range u.srv.conns {
		if c.pairing != nil && c.pairing.link != nil && c.pairing.link.pn == u.pn.User {
			return c, c.pairing.link
		}
	}
	return nil, nil
}

// EnterCode links the client that shows the code, like typing the code on the
// phone. With a wrong code it returns ErrCodeWrong; the client does not notice,
// and its code can be tried again.
func (u *User) EnterCode(ctx context.Context, code string) (*Companion, error) {
	c, request := u.pendingLink()
	if c == nil {
		return nil, ErrCodeUnknown
	}
	link, err := pairing.NewCodeLink(u.phone().Identity(), code, request.wrapped)
	if err != nil {
		return nil, err
	}
	c.notify("link_code_companion_reg",
		stanza.Node("link_code_companion_reg", waBinary.Attrs{"stage": "primary_hello"}, []waBinary.Node{
			stanza.Node("link_code_pairing_ref", nil, []byte(request.ref)),
			stanza.Node("link_code_pairing_wrapped_primary_ephemeral_pub", nil, link.Wrapped),
			stanza.Node("primary_identity_pub", nil, u.phone().Identity().Pub[:]),
		}))
	bundle, err := await(ctx, c, request.bundle)
	if err != nil {
		return nil, err
	}
	identity, advSecret, err := link.Finish(bundle)
	if errors.Is(err, pairing.ErrWrongCode) {
		return nil, ErrCodeWrong
	}
	if err != nil {
		return nil, err
	}
	if identity != c.pairing.identity {
		return nil, ErrCodeWrong
	}
	return u.link(ctx, c, c.pairing, advSecret)
}
