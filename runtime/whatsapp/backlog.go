package whatsapp

import (
	"sync"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	waLog "go.mau.fi/whatsmeow/util/log"
)

// backlog slows the reading of stanzas down to the rate at which they are
// handled. After an absence WhatsApp sends everything that waited, as fast as it
// is read. whatsmeow queues 2,048 stanzas; beyond that it gives up their order and
// keeps the rest in memory.
//
// whatsmeow has no hook for this, but it shows its loggers each stanza: those
// received before it queues them, in the goroutine that reads, and those sent. A
// stanza is handled when its acknowledgement is sent.
type backlog struct {
	mu sync.Mutex
	// queued are the ids of the stanzas that wait, in the order of arrival.
	queued []string
	// places are the positions of ids, counted from the start of the connection;
	// handled is that of the first in the queue.
	places  map[string]int
	handled int
	// progress is closed when more are, and replaced.
	progress chan struct{}
}

func newBacklog() *backlog {
	return &backlog{places: map[string]int{}, progress: make(chan struct{})}
}

// The number of stanzas in the queue from which reading waits for one to be
// handled. The wait is limited: the answers that handling may need are behind the
// stanzas that wait, and a connection on which nothing is read looks dead.
const (
	backlogWindow = 512
	backlogFull   = 1536
	shortWait     = 5 * time.Millisecond
	longWait      = 500 * time.Millisecond
)

// received counts a stanza that whatsmeow is about to queue, and waits if there
// are many.
func (b *backlog) received(n *waBinary.Node) {
	switch n.Tag {
	case "success":
		b.reset()
	case "message", "receipt", "notification", "call", "status", "appdata":
		id, _ := n.Attrs["id"].(string)
		waiting, progress := b.add(id)
		if waiting < backlogWindow {
			return
		}
		wait := shortWait
		if waiting >= backlogFull {
			wait = longWait
		}
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-progress:
		case <-timer.C:
		}
	}
}

// sent notes an acknowledgement. Stanzas are handled in order, so that whatever
// came before the acknowledged one was handled too, even if it needed no
// acknowledgement.
func (b *backlog) sent(n *waBinary.Node) {
	if n.Tag != "ack" && n.Tag != "receipt" {
		return
	}
	id, _ := n.Attrs["id"].(string)
	b.mu.Lock()
	defer b.mu.Unlock()
	place, ok := b.places[id]
	if !ok {
		return
	}
	done := place - b.handled + 1
	for _, id := range b.queued[:done] {
		if b.places[id] <= place {
			delete(b.places, id)
		}
	}
	b.queued = b.queued[done:]
	b.handled = place + 1
	close(b.progress)
	b.progress = make(chan struct{})
}

// reset forgets the stanzas of an earlier connection.
func (b *backlog) reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queued, b.handled = nil, 0
	clear(b.places)
}

// add adds a stanza and returns how many wait, and what is closed when one of
// them is handled.
func (b *backlog) add(id string) (waiting int, progress <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, twice := b.places[id]; !twice { // senders choose the ids of messages
		b.places[id] = b.handled + len(b.queued)
	}
	b.queued = append(b.queued, id)
	return len(b.queued), b.progress
}

// clientLog is whatsmeow's log with a backlog that sees the stanzas.
type clientLog struct {
	waLog.Logger
	backlog *backlog
}

// Sub implements waLog.Logger.
func (l clientLog) Sub(module string) waLog.Logger {
	switch module {
	case "Recv":
		return stanzaLog{waLog.Noop, l.backlog.received}
	case "Send":
		return stanzaLog{waLog.Noop, l.backlog.sent}
	}
	return l.Logger.Sub(module)
}

// stanzaLog logs nothing: stanzas hold message bodies, addresses and pairing
// secrets.
type stanzaLog struct {
	waLog.Logger
	see func(*waBinary.Node)
}

// Debugf takes a stanza.
func (l stanzaLog) Debugf(_ string, args ...any) {
	if len(args) != 1 {
		return
	}
	if node, ok := args[0].(*waBinary.Node); ok {
		l.see(node)
	}
}
