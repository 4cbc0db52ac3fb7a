package simulator

import (
	"slices"
	"strconv"
	"testing"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

func message(id string) waBinary.Node {
	return waBinary.Node{Tag: "message", Attrs: waBinary.Attrs{"id": id, "from": types.NewJID("1555", types.DefaultUserServer)}}
}

func popAll(q *queue) []string {
	var ids []string
	for item := q.pop(inFlightLimit); item != nil; item = q.pop(inFlightLimit) {
		ids = append(ids, item.key.id)
	}
	return ids
}

func TestQueueKeepsTheOrder(t *testing.T) {
	q := newQueue()
	for _, id := range []string{"a", "b", "c"} {
		q.push(message(id))
	}
	if got := popAll(&q); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("popped %v", got)
	}
	if !q.ack(stanzaKey(message("b"))) || q.ack(stanzaKey(message("b"))) {
		t.Error("b was not acknowledged exactly once")
	}
	q.rewind()
	if q.offline != 2 {
		t.Errorf("%d offline stanzas, want 2", q.offline)
	}
	if got := popAll(&q); !slices.Equal(got, []string{"a", "c"}) || q.offline != 0 {
		t.Errorf("after the reconnect: %v, %d left", got, q.offline)
	}
}

func TestQueueAckOfWhatWasNotSent(t *testing.T) {
	q := newQueue()
	for _, id := range []string{"a", "b", "c"} {
		q.push(message(id))
	}
	q.rewind()
	q.ack(stanzaKey(message("a")))
	q.ack(stanzaKey(message("c")))
	if got := popAll(&q); !slices.Equal(got, []string{"b"}) || q.offline != 0 || q.inFlight != 1 {
		t.Errorf("popped %v, %d offline, %d in flight", got, q.offline, q.inFlight)
	}
}

func TestQueueLimitsWhatIsInFlight(t *testing.T) {
	q := newQueue()
	for i := range inFlightLimit + 10 {
		q.push(message(strconv.Itoa(i)))
	}
	if got := popAll(&q); len(got) != inFlightLimit {
		t.Fatalf("%d were sent, want %d", len(got), inFlightLimit)
	}
	q.ack(stanzaKey(message("5")))
	if got := popAll(&q); !slices.Equal(got, []string{strconv.Itoa(inFlightLimit)}) {
		t.Errorf("after one ack: %v", got)
	}
}

func TestQueueReplacesAResentMessage(t *testing.T) {
	q := newQueue()
	q.push(message("a"))
	q.push(message("b"))
	popAll(&q)
	q.push(message("a"))
	if got := popAll(&q); !slices.Equal(got, []string{"a"}) || q.items.Len() != 2 || q.inFlight != 2 {
		t.Errorf("popped %v, %d queued, %d in flight", got, q.items.Len(), q.inFlight)
	}
}

func TestQueueTellsReceiptsApart(t *testing.T) {
	q := newQueue()
	from := types.NewJID("1", types.GroupServer)
	for _, typ := range []string{"read", "played"} {
		for _, who := range []string{"1555", "1556"} {
			q.push(waBinary.Node{Tag: "receipt", Attrs: waBinary.Attrs{
				"id": "a", "from": from, "type": typ, "participant": types.NewJID(who, types.DefaultUserServer),
			}})
		}
	}
	if q.items.Len() != 4 {
		t.Errorf("%d receipts, want 4", q.items.Len())
	}
	if counts := q.counts(); counts["receipt"] != 4 || counts["message"] != 0 {
		t.Errorf("counts: %v", counts)
	}
}
