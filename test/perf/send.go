package main

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wasession/wasession/test/perf/figures"
	"github.com/wasession/wasession/test/simulator"
)

const (
	sendRounds = 5
	sendBatch  = 400 // per round; a multiple of clients
)

// sender is a way to send, measured over several rounds.
type sender struct {
	*peer
	clients int
	rates   []float64 // messages per second
	cpu     []float64 // processor time per message, in ms
}

// measureSend sends messages through the API, from one client and from several,
// and with a bare client, taking turns.
func measureSend(ctx context.Context, l *lab) error {
	contact := l.user("Contact")
	ours, err := l.ours(ctx)
	if err != nil {
		return err
	}
	theirs, err := l.theirs(ctx)
	if err != nil {
		return err
	}
	for _, p := range []*peer{ours, theirs} {
		if err := p.meet(ctx, contact); err != nil {
			return err
		}
	}
	one, several, bare := &sender{peer: ours, clients: 1}, &sender{peer: ours, clients: clients}, &sender{peer: theirs, clients: 1}
	all := []*sender{one, several, bare}
	for round := range sendRounds {
		for i := range all {
			if err := all[(round+i)%len(all)].round(ctx, contact); err != nil {
				return err
			}
		}
	}
	note := fmt.Sprintf("POST /api/sendText against SendMessage, one after the other; medians of %d rounds of %d", sendRounds, sendBatch)
	l.report(figures.Compared("send.rate", "messages/s", one.rates, bare.rates,
		note))
	l.report(figures.Compared("send.clients", "messages/s", several.rates, one.rates,
		fmt.Sprintf("%d clients against one", clients)))
	l.report(figures.Compared("send.cpu", "CPU ms/message", one.cpu, bare.cpu,
		""))
	return stopAll(ours, theirs)
}

// round sends the messages of a round, each client its share of them.
func (s *sender) round(ctx context.Context, to *simulator.User) error {
	began, cpu := time.Now(), s.time()
	var group errgroup.Group
	for range s.clients {
		group.Go(func() error { return s.send(ctx, to, sendBatch/s.clients, "sent-again-and-again") })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	s.rates = append(s.rates, sendBatch/time.Since(began).Seconds())
	s.cpu = append(s.cpu, 1000*(s.time()-cpu).Seconds()/sendBatch)
	return s.comp.WaitIdle(ctx)
}
