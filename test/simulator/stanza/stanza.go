// Package stanza builds the stanzas that a WhatsApp server sends. Attributes
// that hold a JID must be types.JID: whatsmeow silently ignores a stanza in
// which one is a string.
package stanza

import (
	"strconv"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// Node returns a node. Content is nil, []byte or []waBinary.Node.
func Node(tag string, attrs waBinary.Attrs, content any) waBinary.Node {
	if children, ok := content.([]waBinary.Node); ok && len(children) == 0 {
		content = nil
	}
	return waBinary.Node{Tag: tag, Attrs: attrs, Content: content}
}

// Result returns the result of an info query.
func Result(query waBinary.Node, content []waBinary.Node) waBinary.Node {
	return Node("iq", answerAttrs(query, "result"), content)
}

// Error returns the error result of an info query.
func Error(query waBinary.Node, code int, text string) waBinary.Node {
	return Node("iq", answerAttrs(query, "error"), []waBinary.Node{
		Node("error", waBinary.Attrs{"code": code, "text": text}, nil),
	})
}

// OverLimit returns an Error that says how long to wait.
func OverLimit(query waBinary.Node, code int, text string, backoff time.Duration) waBinary.Node {
	n := Error(query, code, text)
	n.GetChildren()[0].Attrs["backoff"] = int64(backoff / time.Second)
	return n
}

func answerAttrs(query waBinary.Node, typ string) waBinary.Attrs {
	attrs := waBinary.Attrs{"id": query.Attrs["id"], "type": typ, "from": types.ServerJID}
	if to, ok := query.Attrs["to"].(types.JID); ok {
		attrs["from"] = to
	}
	return attrs
}

// StreamError returns the node that ends a stream. conflict, if not empty, is
// the type of a <conflict> in it: "replaced" or "device_removed".
func StreamError(code int, conflict string) waBinary.Node {
	attrs := waBinary.Attrs{}
	if code != 0 {
		attrs["code"] = strconv.Itoa(code)
	}
	var content []waBinary.Node
	if conflict != "" {
		content = append(content, Node("conflict", waBinary.Attrs{"type": conflict}, nil))
	}
	return Node("stream:error", attrs, content)
}

// Notification returns a notification of a type.
func Notification(id, typ string, from types.JID, now time.Time, children ...waBinary.Node) waBinary.Node {
	return Node("notification", waBinary.Attrs{
		"id": id, "type": typ, "from": from, "t": now.Unix(),
	}, children)
}

// Ack returns the server's acknowledgement of a stanza. code 0 means success.
func Ack(of waBinary.Node, now time.Time, code int) waBinary.Node {
	attrs := waBinary.Attrs{"class": of.Tag, "id": of.Attrs["id"], "from": of.Attrs["to"], "t": now.Unix()}
	for _, name := range []string{"participant", "recipient"} {
		if v, ok := of.Attrs[name]; ok {
			attrs[name] = v
		}
	}
	if of.Tag != "message" {
		if v, ok := of.Attrs["type"]; ok {
			attrs["type"] = v
		}
	}
	if code != 0 {
		attrs["error"] = code
	}
	return Node("ack", attrs, nil)
}
