package main

import (
	"context"
	"fmt"

	"github.com/wasession/wasession/test/simulator"
)

// peer is a linked device in a separate process: a runtime or a bare client.
type peer struct {
	*child
	comp *simulator.Companion
	dir  string
	// send sends a word to a contact n times, one by one.
	send func(ctx context.Context, to *simulator.User, n int, word string) error
	// runtime is nil for the bare client; args are those it was started with.
	runtime *runtime
	args    []string
}

// ours returns a newly linked, connected runtime without any history.
func (l *lab) ours(ctx context.Context, args ...string) (*peer, error) {
	owner := l.user("Ours")
	dir, err := l.folder(owner.PN().User)
	if err != nil {
		return nil, err
	}
	r, err := l.start(ctx, dir, args...)
	if err != nil {
		return nil, fmt.Errorf("runtime: %w", err)
	}
	r.quiet()
	comp, err := r.pair(ctx, owner)
	if err != nil {
		return nil, fmt.Errorf("runtime: %w", err)
	}
	if err := r.working(ctx); err != nil {
		return nil, fmt.Errorf("runtime: %w", err)
	}
	return &peer{child: r.child, comp: comp, dir: dir, send: r.send, runtime: r, args: args}, comp.WaitIdle(ctx)
}

// theirs returns a newly linked bare client.
func (l *lab) theirs(ctx context.Context) (*peer, error) {
	owner := l.user("Bare")
	dir, err := l.folder(owner.PN().User)
	if err != nil {
		return nil, err
	}
	b, err := l.startBare(dir)
	if err != nil {
		return nil, err
	}
	comp, err := b.pair(ctx, owner)
	if err != nil {
		return nil, fmt.Errorf("bare client: %w", err)
	}
	return &peer{child: b.child, comp: comp, dir: dir, send: b.send}, comp.WaitIdle(ctx)
}

// again starts a stopped runtime. It does not wait for the connection.
func (l *lab) again(ctx context.Context, p *peer) error {
	if err := p.comp.WaitDisconnected(ctx); err != nil {
		return err
	}
	r, err := l.start(ctx, p.dir, p.args...)
	if err != nil {
		return err
	}
	r.quiet()
	p.child, p.runtime, p.send = r.child, r, r.send
	return nil
}

// meet lets contacts write and the peer answer. This establishes a Signal
// session in both directions, as exists with every contact after the first
// messages.
func (p *peer) meet(ctx context.Context, contacts ...*simulator.User) error {
	for _, contact := range contacts {
		id, err := contact.SendText(ctx, p.comp.User(), "hello")
		if err != nil {
			return err
		}
		if err := p.comp.WaitAcked(ctx, id); err != nil {
			return err
		}
		word := "hello-of-" + p.comp.User().PN().User
		if err := p.send(ctx, contact, 1, word); err != nil {
			return err
		}
		if _, err := contact.Expect(ctx, simulator.Text(word)); err != nil {
			return err
		}
	}
	return p.comp.WaitIdle(ctx)
}

// lines returns n texts, which the contacts write in turn.
func lines(contacts []*simulator.User, n int, text string) []simulator.Line {
	all := make([]simulator.Line, n)
	for i := range all {
		all[i] = simulator.Line{From: contacts[i%len(contacts)], Text: fmt.Sprint(text, i)}
	}
	return all
}

// texts returns the texts of lines.
func texts(lines []simulator.Line) []string {
	all := make([]string, len(lines))
	for i := range lines {
		all[i] = lines[i].Text
	}
	return all
}

// misplaced counts the texts that are not in their place.
func misplaced(got, want []string) (n int) {
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			n++
		}
	}
	return n
}
