package simulator

import (
	"container/list"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// inFlightLimit is how many stanzas a companion may leave unacknowledged before
// the server waits. It is below the 2,048 that whatsmeow buffers, beyond which
// messages lose their order. Faults.DeliverAtOnce lifts it.
const inFlightLimit = 1500

// queueKey identifies the stanza that an acknowledgement is for.
type queueKey struct {
	class, id, from, participant string
	// typ distinguishes receipts of several types for the same message.
	typ string
}

type queued struct {
	key     queueKey
	node    waBinary.Node
	offline bool // queued before the login of the current connection
	sentOn  bool // sent on the current connection
}

// queue holds what a companion has not acknowledged yet, in order. The lock of
// the account guards it.
type queue struct {
	items    *list.List
	byKey    map[queueKey]*list.Element
	next     *list.Element // the first one not sent on this connection
	inFlight int
	offline  int // how many offline stanzas are still unsent
}

func newQueue() queue {
	return queue{items: list.New(), byKey: make(map[queueKey]*list.Element)}
}

func jidText(v any) string {
	if jid, ok := v.(types.JID); ok {
		return jid.String()
	}
	text, _ := v.(string)
	return text
}

func stanzaKey(n waBinary.Node) queueKey {
	key := queueKey{
		class:       n.Tag,
		id:          jidText(n.Attrs["id"]),
		from:        jidText(n.Attrs["from"]),
		participant: jidText(n.Attrs["participant"]),
	}
	if n.Tag != "message" {
		key.typ = jidText(n.Attrs["type"])
	}
	return key
}

// push appends a stanza, or replaces the one with the same key: that is a
// resent message.
func (q *queue) push(n waBinary.Node) {
	key := stanzaKey(n)
	if old, ok := q.byKey[key]; ok {
		q.remove(old)
	}
	e := q.items.PushBack(&queued{key: key, node: n})
	q.byKey[key] = e
	if q.next == nil {
		q.next = e
	}
}

// ack removes a stanza and reports whether it was there.
func (q *queue) ack(key queueKey) bool {
	e, ok := q.byKey[key]
	if ok {
		q.remove(e)
	}
	return ok
}

func (q *queue) remove(e *list.Element) {
	item := e.Value.(*queued)
	if item.sentOn {
		q.inFlight--
	} else if item.offline {
		q.offline--
	}
	if q.next == e {
		q.next = e.Next()
	}
	delete(q.byKey, item.key)
	q.items.Remove(e)
}

// rewind marks everything as unsent, for a new connection.
func (q *queue) rewind() {
	for e := q.items.Front(); e != nil; e = e.Next() {
		item := e.Value.(*queued)
		item.offline, item.sentOn = true, false
	}
	q.next, q.inFlight, q.offline = q.items.Front(), 0, q.items.Len()
}

// pop returns the next stanza to send, or nil if there is none or the limit of
// stanzas in flight is reached.
func (q *queue) pop(limit int) *queued {
	if q.next == nil || q.inFlight >= limit {
		return nil
	}
	item := q.next.Value.(*queued)
	item.sentOn = true
	q.next = q.next.Next()
	q.inFlight++
	if item.offline {
		q.offline--
	}
	return item
}

// counts returns how many stanzas of each kind are queued.
func (q *queue) counts() map[string]int {
	out := make(map[string]int)
	for e := q.items.Front(); e != nil; e = e.Next() {
		out[e.Value.(*queued).key.class]++
	}
	return out
}

// nodes returns the queued stanzas in order.
func (q *queue) nodes() []waBinary.Node {
	out := make([]waBinary.Node, 0, q.items.Len())
	for e := q.items.Front(); e != nil; e = e.Next() {
		out = append(out, e.Value.(*queued).node)
	}
	return out
}
