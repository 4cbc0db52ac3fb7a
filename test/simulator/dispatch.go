package simulator

import (
	"errors"
	"fmt"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// dispatch handles one stanza of the client, on the connection's reader.
func (c *conn) dispatch(n *waBinary.Node) {
	if n.Tag == "iq" {
		c.handleIQ(n)
		return
	}
	if c.companion == nil {
		// A refused client may still send what it had already prepared.
		if c.pairing == nil {
			return
		}
		switch n.Tag {
		case "ack", "ib": // what any client sends
		case "presence": // the name of a client that knows its account already
		default:
			c.srv.noteUnhandled(n.Tag + " while pairing")
		}
		return
	}
	switch n.Tag {
	case "message":
		c.handleMessage(n)
	case "receipt":
		c.handleReceipt(n)
	case "ack":
		c.handleAck(n)
	case "call":
		c.handleCall(n)
	case "presence":
		c.handlePresence(n)
	case "chatstate":
		c.handleChatState(n)
	case "ib": // unified_session and the like need no answer
	default:
		c.srv.noteUnhandled(n.Tag)
	}
}

func (c *conn) handleIQ(n *waBinary.Node) {
	typ := jidText(n.Attrs["type"])
	if typ == "result" || typ == "error" {
		c.answer(n)
		return
	}
	xmlns := jidText(n.Attrs["xmlns"])
	reply, err := []waBinary.Node(nil), c.srv.faults.iqError(xmlns)
	if err == nil {
		reply, err = c.runIQ(n, xmlns, typ)
	}
	var refusal *IQError
	var over *overLimit
	switch {
	case err == nil:
		c.send(stanza.Result(*n, reply))
	case errors.Is(err, errNoReply):
	case errors.As(err, &over):
		c.send(stanza.OverLimit(*n, over.Code, over.Text, over.backoff))
	case errors.As(err, &refusal):
		c.send(stanza.Error(*n, refusal.Code, refusal.Text))
	default:
		c.srv.log.Error("Info query failed", "xmlns", xmlns, "type", typ, "error", err)
		c.send(stanza.Error(*n, 500, "internal-server-error"))
	}
}

func (c *conn) runIQ(n *waBinary.Node, xmlns, typ string) ([]waBinary.Node, error) {
	iq := &IQ{User: c.user, Companion: c.companion, Node: *n, conn: c}
	if children := n.GetChildren(); len(children) > 0 {
		iq.Child = children[0]
	}
	h := c.srv.iqHandler(xmlns, typ, iq.Child.Tag)
	if h == nil {
		c.srv.noteUnhandled(fmt.Sprintf("iq %s %s %s", xmlns, typ, iq.Child.Tag))
		return nil, nil
	}
	if c.companion == nil && xmlns != "md" && xmlns != "w:p" {
		return nil, &IQError{401, "not-authorized"}
	}
	return h(c.ctx, iq)
}

// handleAck handles the client's acknowledgement of a stanza.
func (c *conn) handleAck(n *waBinary.Node) {
	key := queueKey{
		class:       jidText(n.Attrs["class"]),
		id:          jidText(n.Attrs["id"]),
		from:        jidText(n.Attrs["to"]),
		participant: jidText(n.Attrs["participant"]),
	}
	if key.class != "message" {
		key.typ = jidText(n.Attrs["type"])
	}
	code := n.AttrGetter().OptionalInt("error")
	comp := c.companion
	c.user.mu.Lock()
	defer c.user.mu.Unlock()
	if comp.conn != c {
		return
	}
	if key.class == "message" {
		_, resending := comp.retried[key.id]
		switch {
		case code != 0:
			comp.nacked[key.id] = code
		case resending:
			// This ack goes with a retry receipt, which has already settled the
			// stanza. The queue now holds the resent message.
			delete(comp.retried, key.id)
			return
		default:
			comp.noteAcked(key.id)
		}
	}
	comp.settle(key)
}

// ack answers a stanza of the client.
func (c *conn) ack(n *waBinary.Node, code int) {
	c.send(stanza.Ack(*n, time.Now(), code))
}
