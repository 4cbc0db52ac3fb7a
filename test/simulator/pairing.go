package simulator

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/test/simulator/pairing"
	"github.com/wasession/wasession/test/simulator/signal"
	"github.com/wasession/wasession/test/simulator/stanza"
)

// qrCodes is how many codes a client gets to show, one after another.
const qrCodes = 6

// maxCompanions is how many companions an account may link.
const maxCompanions = 4

// Errors of linking a client to a phone.
var (
	ErrCodeUnknown = errors.New("the code is unknown or has expired")
	ErrCodeWrong   = errors.New("the code is wrong")
	ErrTooMany     = errors.New("the account has four companions already")
)

// pairingRequest is what a client that wants to be linked sent about itself.
type pairingRequest struct {
	registrationID uint32
	identity       [32]byte
	signedPreKey   signal.SignedPreKey
	platform       string
	refs           []string
	// How it is being linked, if not just by QR code. The lock of the Server
	// guards both.
	link    *linkRequest
	passkey *passkeyRequest
}

func parsePairingRequest(p *waWa6.ClientPayload_DevicePairingRegistrationData) (*pairingRequest, error) {
	if len(p.GetERegid()) != 4 || len(p.GetEIdent()) != 32 || len(p.GetESkeyID()) != 3 ||
		len(p.GetESkeyVal()) != 32 || len(p.GetESkeySig()) != 64 {
		return nil, errors.New("pairing data with a key of a wrong length")
	}
	var props waCompanionReg.DeviceProps
	if err := proto.Unmarshal(p.GetDeviceProps(), &props); err != nil {
		return nil, fmt.Errorf("device properties: %w", err)
	}
	req := &pairingRequest{
		registrationID: binary.BigEndian.Uint32(p.GetERegid()),
		identity:       [32]byte(p.GetEIdent()),
		platform:       props.GetOs(),
		signedPreKey: signal.SignedPreKey{
			PreKey: signal.PreKey{
				ID:  binary.BigEndian.Uint32(append([]byte{0}, p.GetESkeyID()...)),
				Pub: [32]byte(p.GetESkeyVal()),
			},
			Signature: [64]byte(p.GetESkeySig()),
		},
	}
	if !req.signedPreKey.Valid(req.identity) {
		return nil, errors.New("signed prekey with a wrong signature")
	}
	return req, nil
}

// offerPairing sends the references that the client turns into QR codes.
func (c *conn) offerPairing(p *waWa6.ClientPayload_DevicePairingRegistrationData) error {
	req, err := parsePairingRequest(p)
	if err != nil {
		return err
	}
	var refs []waBinary.Node
	for range qrCodes {
		ref := "2@" + base64.RawURLEncoding.EncodeToString(randomBytes(24))
		req.refs = append(req.refs, ref)
		refs = append(refs, stanza.Node("ref", nil, []byte(ref)))
	}
	c.srv.mu.Lock()
	c.pairing = req
	for _, ref := range req.refs {
		c.srv.refs[ref] = c
	}
	c.srv.mu.Unlock()
	c.closeLater(c.srv.opts.QRLifetime)
	c.send(stanza.Node("iq", waBinary.Attrs{
		"from": types.ServerJID, "type": "set", "id": newID(), "xmlns": "md",
	}, []waBinary.Node{stanza.Node("pair-device", nil, refs)}))
	return nil
}

// qrCode is the content of a QR code.
type qrCode struct {
	ref                        string
	noise, identity, advSecret []byte
}

// parseQR parses the code with or without the wa.me address before it.
func parseQR(code string) (qrCode, error) {
	if i := strings.LastIndexByte(code, '#'); i >= 0 {
		code = code[i+1:]
	}
	parts := strings.Split(code, ",")
	if len(parts) < 4 {
		return qrCode{}, fmt.Errorf("QR code has %d parts instead of 4 or 5", len(parts))
	}
	out := qrCode{ref: parts[0]}
	for i, into := range []*[]byte{&out.noise, &out.identity, &out.advSecret} {
		raw, err := base64.StdEncoding.DecodeString(parts[i+1])
		if err != nil || len(raw) != 32 {
			return qrCode{}, fmt.Errorf("part %d of the QR code is no key", i+2)
		}
		*into = raw
	}
	return out, nil
}

// ScanQR links the client that shows the QR code to the account, like scanning
// the code with the phone. It returns once the client has accepted; the client
// then reconnects and logs in.
func (u *User) ScanQR(ctx context.Context, code string) (*Companion, error) {
	c, qr, err := u.findQR(code)
	if err != nil {
		return nil, err
	}
	return u.link(ctx, c, c.pairing, qr.advSecret)
}

// findQR returns the connection of the client that shows the code.
func (u *User) findQR(code string) (*conn, qrCode, error) {
	qr, err := parseQR(code)
	if err != nil {
		return nil, qr, err
	}
	u.srv.mu.RLock()
	c := u.srv.refs[qr.ref]
	u.srv.mu.RUnlock()
	if c == nil {
		return nil, qr, ErrCodeUnknown
	}
	if [32]byte(qr.noise) != c.static || [32]byte(qr.identity) != c.pairing.identity {
		return nil, qr, ErrCodeWrong
	}
	return c, qr, nil
}

// link gives the client an identity as a companion of the account.
func (u *User) link(ctx context.Context, c *conn, req *pairingRequest, advSecret []byte) (*Companion, error) {
	u.mu.Lock()
	if len(u.companions) >= maxCompanions {
		u.mu.Unlock()
		return nil, ErrTooMany
	}
	device := u.nextDevice
	u.nextDevice++
	u.mu.Unlock()

	now := time.Now()
	offer, err := pairing.NewOffer(u.phone().Identity(), req.identity, uint32(device), now, advSecret)
	if err != nil {
		return nil, err
	}
	answer, err := c.ask(ctx, stanza.Node("iq", waBinary.Attrs{
		"type": "set", "xmlns": "md", "t": now.Unix(),
	}, []waBinary.Node{stanza.Node("pair-success", nil, []waBinary.Node{
		stanza.Node("device-identity", nil, offer.Container),
		stanza.Node("device", waBinary.Attrs{
			"jid": withDevice(u.pn, device),
			"lid": withDevice(u.lid, device),
		}, nil),
		stanza.Node("platform", waBinary.Attrs{"name": "android"}, nil),
	})}))
	if err != nil {
		return nil, err
	}
	if answer.Attrs["type"] == "error" {
		child := answer.GetChildByTag("error")
		return nil, fmt.Errorf("%w: the client answered %s %s", ErrCodeWrong,
			jidText(child.Attrs["code"]), jidText(child.Attrs["text"]))
	}
	signed, _ := answer.GetChildByTag("pair-device-sign", "device-identity").Content.([]byte)
	account, err := offer.Complete(signed)
	if err != nil {
		return nil, err
	}

	comp := newCompanion(u, device)
	comp.noise, comp.account, comp.platform = c.static, account, req.platform
	comp.registrationID, comp.identity, comp.signedPreKey = req.registrationID, req.identity, req.signedPreKey
	u.mu.Lock()
	u.companions[device] = comp
	u.touch()
	u.mu.Unlock()
	u.announceDevices(comp)

	// The client should close the connection and log in. If it does not close
	// it, the server does.
	c.send(stanza.StreamError(515, ""))
	c.closeLater(5 * time.Second)
	return comp, nil
}
