package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/wasession/wasession/test/perf/figures"
	"github.com/wasession/wasession/test/simulator"
)

const (
	receiveRounds = 5
	receiveBatch  = 1000
	// pagesBatch is small enough that no log reaches the size at which the
	// runtime restarts it.
	pagesBatch   = 200
	manyContacts = 20
)

// receiver is a peer that receives messages, measured over several rounds.
type receiver struct {
	*peer
	hook  *hook     // where it delivers to, or nil
	rates []float64 // messages per second up to the last acknowledgement, for each round
	done  []float64 // the same up to the last delivery
	cpu   []float64 // processor time per message, in ms
	phone []float64 // the same for the simulator
	pages float64   // per message
	keys  float64   // of these, those of the key database
}

// measureReceive sends messages to the runtime without and with a webhook, and
// to the bare client, taking turns.
func measureReceive(ctx context.Context, l *lab) error {
	contacts := l.users(manyContacts, "Contact")
	h := newHook()
	defer h.close()
	plain, err := l.ours(ctx)
	if err != nil {
		return err
	}
	if err := plain.meet(ctx, contacts...); err != nil {
		return err
	}
	hooked, err := l.hooked(ctx, h, contacts)
	if err != nil {
		return err
	}
	bare, err := l.theirs(ctx)
	if err != nil {
		return err
	}
	if err := bare.meet(ctx, contacts...); err != nil {
		return err
	}
	for _, scenario := range []struct {
		name     string
		contacts []*simulator.User
	}{{"one", contacts[:1]}, {"many", contacts}} {
		ours, withHook, theirs := &receiver{peer: plain}, &receiver{peer: hooked, hook: h}, &receiver{peer: bare}
		if err := receiveInTurns(ctx, scenario.contacts, ours, withHook, theirs); err != nil {
			return fmt.Errorf("%s: %w", scenario.name, err)
		}
		l.reportReceive("receive."+scenario.name, len(scenario.contacts), ours, withHook, theirs)
	}
	return stopAll(plain, hooked, bare)
}

// receiveInTurns measures the rounds, each starting with another receiver, and
// then counts pages.
func receiveInTurns(ctx context.Context, from []*simulator.User, all ...*receiver) error {
	for round := range receiveRounds {
		for i := range all {
			if err := all[(round+i)%len(all)].receive(ctx, from); err != nil {
				return err
			}
		}
	}
	for _, r := range all {
		if err := r.countPages(ctx, from); err != nil {
			return err
		}
	}
	return nil
}

func (l *lab) reportReceive(name string, contacts int, ours, hooked, bare *receiver) {
	note := fmt.Sprintf("from %d contact(s), medians of %d rounds of %d messages, in turn; the simulator takes %s CPU ms a message",
		contacts, receiveRounds, receiveBatch, figures.Number(figures.Median(bare.phone)))
	for _, f := range []figures.Figure{
		figures.Compared(name+".rate", "messages/s", ours.rates, bare.rates, note),
		figures.Compared(name+".hooked-rate", "messages/s", hooked.rates, bare.rates, "with one webhook, to the last acknowledgement"),
		figures.Compared(name+".delivered", "messages/s", hooked.done, bare.done, "with one webhook, to the last delivery"),
		figures.Compared(name+".cpu", "CPU ms/message", ours.cpu, bare.cpu, ""),
		figures.Compared(name+".hooked-cpu", "CPU ms/message", hooked.cpu, bare.cpu, "with one webhook, to the last delivery"),
	} {
		l.report(f)
	}
	pages := func(what string, r *receiver) {
		l.report(figures.Figure{Name: name + "." + what, Ours: r.pages, Unit: "pages/message",
			Note: fmt.Sprintf("%s of them in device.db; the bare client writes %s", figures.Number(r.keys), figures.Number(bare.pages))})
	}
	pages("pages", ours)
	pages("hooked-pages", hooked)
}

// receive runs one round, from the first message sent to the last one
// acknowledged. The messages are encrypted beforehand.
func (r *receiver) receive(ctx context.Context, from []*simulator.User) error {
	batch, err := r.comp.Prepare(ctx, lines(from, receiveBatch, "a message of about the usual length, number "))
	if err != nil {
		return err
	}
	began, cpu, phone := time.Now(), r.time(), figures.SelfTime()
	batch.Send()
	if err := r.comp.WaitAcked(ctx, batch.IDs()...); err != nil {
		return err
	}
	r.rates = append(r.rates, receiveBatch/time.Since(began).Seconds())
	if r.hook != nil {
		if _, err := r.hook.wait(ctx, receiveBatch); err != nil {
			return err
		}
	}
	r.done = append(r.done, receiveBatch/time.Since(began).Seconds())
	r.phone = append(r.phone, 1000*(figures.SelfTime()-phone).Seconds()/receiveBatch)
	r.cpu = append(r.cpu, 1000*(r.time()-cpu).Seconds()/receiveBatch)
	return nil
}

// countPages counts the pages that the peer writes for messages.
func (r *receiver) countPages(ctx context.Context, from []*simulator.User) error {
	take := func(n int) error {
		batch, err := r.comp.Prepare(ctx, lines(from, n, "a message of about the usual length, number "))
		if err != nil {
			return err
		}
		batch.Send()
		if err := r.comp.WaitAcked(ctx, batch.IDs()...); err != nil {
			return err
		}
		if r.hook != nil {
			_, err = r.hook.wait(ctx, n)
		}
		return err
	}
	count, err := countPages(ctx, r.dir, func() error { return take(1) })
	if err != nil {
		return err
	}
	defer count.close()
	if err := take(pagesBatch); err != nil {
		return err
	}
	all, keys, err := count.end()
	r.pages, r.keys = float64(all)/pagesBatch, float64(keys)/pagesBatch
	return err
}

// stopAll shuts processes down cleanly.
func stopAll(all ...*peer) error {
	for _, p := range slices.Backward(all) {
		if err := p.stop(); err != nil {
			return err
		}
	}
	return nil
}
