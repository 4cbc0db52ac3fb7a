package simulator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// ErrNoCall is returned for a call that does not ring, or not for that account.
var ErrNoCall = errors.New("there is no such call")

// callLimit bounds how many calls the server knows. The oldest are dropped first.
const callLimit = 5000

// The states of a call in Received.State.
const (
	CallOffered  = "offer"
	CallAccepted = "accept"
	CallRejected = "reject"
	CallEnded    = "terminate"
)

// call is a call that rings.
type call struct {
	id     string
	caller *User
	callee *User
	server string // how the caller is addressed
	group  *Group // nil if it is a direct one
}

// CallOptions say more of a call. The zero value is a voice call with a new id.
type CallOptions struct {
	ID    string
	Video bool
	Group *Group // both must be in it
	// Addressing is how the call identifies the caller.
	Addressing Addressing
}

// Call calls an account from the phone, whose own phone and companions ring, and returns the call's id.
func (u *User) Call(ctx context.Context, to *User, o CallOptions) (string, error) {
	if o.ID == "" {
		o.ID = strings.TrimPrefix(NewMessageID(), "3A")
	}
	c := &call{id: o.ID, caller: u, callee: to, server: o.Addressing.server(), group: o.Group}
	media := "audio"
	if o.Video {
		media = "video"
	}
	err := u.worker.do(ctx, func(context.Context) error {
		if to.blocks(u) {
			return nil
		}
		u.srv.addCall(c)
		to.receive(Received{Kind: KindCall, ID: c.id, From: u.pn, State: CallOffered, Media: media})
		to.deliverAll(c.stanza(u, offerNode(c, o.Addressing, media)), nil)
		return nil
	})
	return o.ID, err
}

// offerNode announces a call. Those of a group come as a notice.
func offerNode(c *call, a Addressing, media string) waBinary.Node {
	attrs := waBinary.Attrs{}
	switch a {
	case AddressLID:
		attrs["caller_pn"] = c.caller.pn
	case AddressPNWithLID:
		attrs["caller_lid"] = c.caller.lid
	}
	if c.group != nil {
		attrs["group-jid"], attrs["media"], attrs["type"] = c.group.jid, media, "group"
		return stanza.Node("offer_notice", attrs, nil)
	}
	streams := []waBinary.Node{stanza.Node("audio", waBinary.Attrs{"enc": "opus", "rate": "16000"}, nil)}
	if media == "video" {
		streams = append(streams, stanza.Node("video", waBinary.Attrs{"dec": "H264"}, nil))
	}
	return stanza.Node("offer", attrs, streams)
}

// stanza is what one account tells others of a call.
func (c *call) stanza(from *User, child waBinary.Node) waBinary.Node {
	child.Attrs["call-id"], child.Attrs["call-creator"] = c.id, c.caller.on(c.server)
	return stanza.Node("call", waBinary.Attrs{
		"from": from.on(c.server), "id": NewMessageID(), "t": time.Now().Unix(), "platform": "iphone", "version": "2.26.1",
	}, []waBinary.Node{child})
}

// deliverAll delivers a stanza to the companions, except to one.
func (u *User) deliverAll(n waBinary.Node, except *Companion) {
	for _, c := range u.Companions() {
		if c != except {
			c.deliver(stanza.Node(n.Tag, cloneAttrs(n.Attrs), n.GetChildren()))
		}
	}
}

func (s *Server) addCall(c *call) {
	s.callsMu.Lock()
	defer s.callsMu.Unlock()
	s.calls = append(s.calls, c)
	if len(s.calls) > callLimit {
		s.calls = slices.Delete(s.calls, 0, callLimit/4)
	}
}

// endCall forgets the newest call with an id that matches, and returns it.
func (s *Server) endCall(id string, match func(*call) bool) (*call, error) {
	s.callsMu.Lock()
	defer s.callsMu.Unlock()
	for i := len(s.calls) - 1; i >= 0; i-- {
		if c := s.calls[i]; c.id == id && match(c) {
			s.calls = slices.Delete(s.calls, i, i+1)
			return c, nil
		}
	}
	return nil, fmt.Errorf("%w: %s", ErrNoCall, id)
}

// AcceptCall accepts a call on the phone.
func (u *User) AcceptCall(ctx context.Context, id string) error {
	return u.answerCall(ctx, id, CallAccepted)
}

// RejectCall rejects a call on the phone.
func (u *User) RejectCall(ctx context.Context, id string) error {
	return u.answerCall(ctx, id, CallRejected)
}

// HangUp ends a call on the caller's phone: it stops ringing at the others.
func (u *User) HangUp(ctx context.Context, id string) error { return u.answerCall(ctx, id, CallEnded) }

func (u *User) answerCall(ctx context.Context, id, state string) error {
	return u.worker.do(ctx, func(context.Context) error {
		c, err := u.srv.endCall(id, func(c *call) bool { return c.caller == u || c.callee == u })
		if err != nil {
			return err
		}
		if u == c.caller {
			c.callee.receive(Received{Kind: KindCall, ID: id, From: u.pn, State: CallEnded})
			c.callee.deliverAll(c.stanza(u, stanza.Node("terminate", waBinary.Attrs{"reason": "timeout"}, nil)), nil)
			return nil
		}
		c.answered(state, u.pn, nil)
		return nil
	})
}

// answered tells the caller what the callee has done, on the phone or on a companion, and the
// callee's other devices that the call rings no more.
func (c *call) answered(state string, by types.JID, on *Companion) {
	c.caller.receive(Received{Kind: KindCall, ID: c.id, From: by, State: state})
	if on != nil {
		c.callee.receive(Received{Kind: KindCall, ID: c.id, From: by, State: state, Own: true})
	}
	c.callee.deliverAll(c.stanza(c.callee, stanza.Node(state, waBinary.Attrs{}, nil)), on)
	c.callee.deliverAll(c.stanza(c.caller, stanza.Node("terminate", waBinary.Attrs{"reason": state + "ed_elsewhere"}, nil)), on)
}

// handleCall handles what a client does about a call. WhatsApp ignores a rejection that does not
// name the caller as the offer did.
func (c *conn) handleCall(n *waBinary.Node) {
	c.ack(n, 0)
	children := n.GetChildren()
	if len(children) != 1 || children[0].Tag != CallRejected {
		c.srv.noteUnhandled("call")
		return
	}
	attrs := children[0].Attrs
	to, _ := n.Attrs["to"].(types.JID)
	creator, _ := attrs["call-creator"].(types.JID)
	id := jidText(attrs["call-id"])
	found, err := c.srv.endCall(id, func(rings *call) bool {
		return rings.callee == c.user && creator == rings.caller.on(rings.server) && to == creator
	})
	if err != nil {
		c.srv.log.Warn("A call was rejected that does not ring under this address", "call", id, "address", creator)
		return
	}
	found.answered(CallRejected, c.companion.JID(), c.companion)
}
