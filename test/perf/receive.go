package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/wasession/wasession/test/simulator"
)

const (
	receiveRounds = 5
	receiveBatch  = 1000
)

// receiver is a process that messages are sent to.
type receiver struct {
	process *child
	comp    *simulator.Companion
	rates   []float64 // messages a second, for each round
	cpu     []float64 // processor time in ms a message
}

// measureReceive sends messages to the runtime and to a bare client in turn.
func measureReceive(ctx context.Context, l *lab) error {
	bob := l.user("15550002222", "Bob")
	ours, err := l.receiving(ctx, bob)
	if err != nil {
		return fmt.Errorf("runtime: %w", err)
	}
	bare, err := l.bareReceiving(ctx, bob)
	if err != nil {
		return fmt.Errorf("bare client: %w", err)
	}
	for round := range receiveRounds {
		both := []*receiver{ours, bare}
		if round%2 == 1 {
			both = []*receiver{bare, ours}
		}
		for _, r := range both {
			if err := r.receive(ctx, bob); err != nil {
				return err
			}
		}
	}
	note := fmt.Sprintf("medians of %d rounds of %d messages, in turn", receiveRounds, receiveBatch)
	l.report(figure{name: "receive.rate", value: median(ours.rates), unit: "messages/s", note: note})
	l.report(figure{name: "receive.bare-rate", value: median(bare.rates), unit: "messages/s", note: "whatsmeow with the same options and an empty handler"})
	l.report(figure{name: "receive.ratio", value: medianRatio(ours.rates, bare.rates), unit: "ratio", note: "of the two rates, round by round"})
	l.report(figure{name: "receive.cpu", value: median(ours.cpu), unit: "CPU ms/message"})
	l.report(figure{name: "receive.bare-cpu", value: median(bare.cpu), unit: "CPU ms/message"})
	for _, r := range []*receiver{ours, bare} {
		if err := r.process.stop(); err != nil {
			return err
		}
	}
	return nil
}

// receive is one round: from the first message that is sent to the last one that
// is acknowledged.
func (r *receiver) receive(ctx context.Context, from *simulator.User) error {
	texts := make([]string, receiveBatch)
	for i := range texts {
		texts[i] = fmt.Sprintf("message %d of this round, of about the usual length", i)
	}
	began, cpu := time.Now(), r.process.time()
	ids, err := from.SendMany(ctx, r.comp.User(), texts)
	if err != nil {
		return err
	}
	if err := r.comp.WaitAcked(ctx, ids...); err != nil {
		return err
	}
	r.rates = append(r.rates, receiveBatch/time.Since(began).Seconds())
	r.cpu = append(r.cpu, 1000*(r.process.time()-cpu).Seconds()/receiveBatch)
	return nil
}

// receiving is a paired runtime with an established Signal session with a contact.
func (l *lab) receiving(ctx context.Context, contact *simulator.User, args ...string) (*receiver, error) {
	owner := l.user(fmt.Sprint(15550003000+len(l.children)), "Receiver")
	dir, err := l.folder(owner.PN().User)
	if err != nil {
		return nil, err
	}
	r, err := l.start(ctx, dir, args...)
	if err != nil {
		return nil, err
	}
	r.quiet()
	comp, err := r.pair(ctx, owner)
	if err != nil {
		return nil, err
	}
	if err := r.working(ctx); err != nil {
		return nil, err
	}
	return &receiver{process: r.child, comp: comp}, r.establish(ctx, comp, contact)
}

// establish lets the contact write and the runtime answer, by pinning what it got.
func (r *runtime) establish(ctx context.Context, comp *simulator.Companion, contact *simulator.User) error {
	id, err := contact.SendText(ctx, comp.User(), "hello")
	if err != nil {
		return err
	}
	if err := comp.WaitAcked(ctx, id); err != nil {
		return err
	}
	path := fmt.Sprintf("/api/%s/chats/%s@c.us/messages", sessionName, contact.PN().User)
	var messages []struct{ ID string }
	if _, err := r.get(ctx, path+"?limit=1", &messages); err != nil || len(messages) != 1 {
		return fmt.Errorf("%d messages after the first: %w", len(messages), err)
	}
	duration := struct {
		Duration int `json:"duration"`
	}{24 * 3600}
	_, err = r.call(ctx, "POST", path+"/"+messages[0].ID+"/pin", duration, nil)
	return err
}

// bareReceiving is the bare client in the same state.
func (l *lab) bareReceiving(ctx context.Context, contact *simulator.User) (*receiver, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	owner := l.user("15550003999", "Bare")
	dir, err := l.folder("bare")
	if err != nil {
		return nil, err
	}
	lines := make(chan string, 100)
	c, err := l.spawn(lines, nil, self, bareCommand, dir)
	if err != nil {
		return nil, err
	}
	code := ""
	if err := c.line(ctx, lines, func(line string) (ok bool) {
		code, ok = strings.CutPrefix(line, "qr ")
		return ok
	}); err != nil {
		return nil, err
	}
	comp, err := owner.ScanQR(ctx, code)
	if err != nil {
		return nil, err
	}
	if err := comp.WaitConnected(ctx); err != nil {
		return nil, err
	}
	if _, err := contact.SendText(ctx, owner, "hello"); err != nil {
		return nil, err
	}
	return &receiver{process: c, comp: comp}, c.line(ctx, lines, func(line string) bool { return line == "ready" })
}
