package simulator

import (
	"context"
	"fmt"

	waBinary "go.mau.fi/whatsmeow/binary"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// Line is a text written by a contact.
type Line struct {
	From *User
	Text string
}

// Batch is a list of encrypted messages for one companion.
type Batch struct {
	to       *Companion
	ids      []string
	nodes    []waBinary.Node
	received []Received // what the addressee's phone gets of them
}

// Prepare encrypts texts for the companion, to be sent all at once: in a
// benchmark of a client, encrypting would take as long as the client's own
// work. Other companions get nothing. Batches must be sent in the order in
// which they were prepared, and before their senders write anything else.
func (c *Companion) Prepare(ctx context.Context, lines []Line, opts ...SendOption) (*Batch, error) {
	b := &Batch{
		to: c, ids: make([]string, 0, len(lines)),
		nodes: make([]waBinary.Node, 0, len(lines)), received: make([]Received, 0, len(lines)),
	}
	for _, line := range lines {
		o := line.From.options(opts)
		if err := line.From.worker.do(ctx, func(ctx context.Context) error { return b.add(ctx, line, o) }); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// add runs on the worker of the sender's phone.
func (b *Batch) add(ctx context.Context, line Line, o sendOptions) error {
	from, to, msg := line.From, b.to.user, TextMessage(line.Text)
	plain, err := proto.Marshal(msg)
	if err != nil {
		return fmt.Errorf("marshal message: %w", err)
	}
	attrs := from.directAttrs(to, msg, o)
	node, err := from.seal(ctx, b.to, outbound{id: o.id, plain: plain, attrs: attrs(b.to), garbled: o.garbled})
	if err != nil {
		return err
	}
	from.remember(o.id, &sentMessage{plain: plain, attrs: attrs, media: stanza.MediaType(msg)})
	b.ids, b.nodes = append(b.ids, o.id), append(b.nodes, node)
	b.received = append(b.received, Received{
		Kind: KindMessage, ID: o.id, From: from.pn, Chat: to.on(o.addressing.server()), Message: msg, Time: o.time,
	})
	return nil
}

// IDs returns the ids of the messages, in order.
func (b *Batch) IDs() []string { return b.ids }

// Send sends the messages. It must be called only once.
func (b *Batch) Send() {
	for _, r := range b.received {
		b.to.user.receive(r)
	}
	b.to.deliver(b.nodes...)
}
