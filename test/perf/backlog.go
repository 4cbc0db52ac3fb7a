package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wasession/wasession/test/perf/figures"
	"github.com/wasession/wasession/test/simulator"
)

const (
	backlogRounds   = 3
	backlogLive     = 2000
	backlogMessages = 6000 // nearly three times what whatsmeow buffers
	backlogContacts = 5
)

// backlog holds the measurements of the rounds.
type backlog struct {
	live, away         []float64 // messages per second
	livePeak, awayPeak []float64 // MB
	rows, events       int       // those not in their place
}

// measureBacklog sends messages to a connected runtime, and then, all at once,
// those that waited while it was disconnected.
func measureBacklog(ctx context.Context, l *lab) error {
	contacts := l.users(backlogContacts, "Contact")
	h := newHook()
	defer h.close()
	p, err := l.hooked(ctx, h, contacts)
	if err != nil {
		return err
	}
	l.srv.Faults().DeliverAtOnce(true)
	defer l.srv.Faults().DeliverAtOnce(false)
	var b backlog
	for round := range backlogRounds {
		if err := p.stop(); err != nil { // each measurement with a new process, since a peak never decreases
			return err
		}
		if err := b.round(ctx, l, p, h, contacts, round); err != nil {
			return err
		}
	}
	note := fmt.Sprintf("%d messages at once, against live ones of the same run; with one webhook, medians of %d rounds", backlogMessages, backlogRounds)
	l.report(figures.Compared("backlog.rate", "messages/s", b.away, b.live,
		note))
	l.report(figures.Compared("backlog.Peak-rss", "MB", b.awayPeak, b.livePeak,
		fmt.Sprintf("against that of %d live messages", backlogLive)))
	l.report(figures.Figure{Name: "backlog.rows-misplaced", Ours: float64(b.rows), Unit: "messages", Note: fmt.Sprintf("of %d, in the lists of their chats", backlogRounds*backlogMessages)})
	l.report(figures.Figure{Name: "backlog.events-misplaced", Ours: float64(b.events), Unit: "events", Note: fmt.Sprintf("of %d", backlogRounds*backlogMessages)})
	return p.stop()
}

// round receives live messages, stops the runtime, receives the backlog, and
// leaves the runtime running.
func (b *backlog) round(ctx context.Context, l *lab, p *peer, h *hook, contacts []*simulator.User, round int) error {
	if err := l.again(ctx, p); err != nil {
		return err
	}
	if err := p.runtime.working(ctx); err != nil {
		return err
	}
	batch, err := p.comp.Prepare(ctx, lines(contacts, backlogLive, fmt.Sprintf("live %d, number ", round)))
	if err != nil {
		return err
	}
	began := time.Now()
	batch.Send()
	rate, peak, err := b.taken(ctx, p, batch, began)
	if err != nil {
		return err
	}
	b.live, b.livePeak = append(b.live, rate), append(b.livePeak, peak)
	if _, err := h.wait(ctx, backlogLive); err != nil {
		return err
	}
	if err := p.stop(); err != nil {
		return err
	}

	want := lines(contacts, backlogMessages, fmt.Sprintf("backlog %d, number ", round))
	if batch, err = p.comp.Prepare(ctx, want); err != nil {
		return err
	}
	if err := p.comp.WaitDisconnected(ctx); err != nil {
		return err
	}
	batch.Send()
	if err := l.again(ctx, p); err != nil {
		return err
	}
	if err := p.comp.WaitConnected(ctx); err != nil {
		return err
	}
	if rate, peak, err = b.taken(ctx, p, batch, time.Now()); err != nil {
		return err
	}
	b.away, b.awayPeak = append(b.away, rate), append(b.awayPeak, peak)
	got, err := h.wait(ctx, backlogMessages)
	if err != nil {
		return err
	}
	b.events += misplaced(bodies(got), texts(want))
	return b.checkRows(ctx, p.runtime, want)
}

// taken waits until all messages are acknowledged, and returns their rate and
// the peak memory.
func (b *backlog) taken(ctx context.Context, p *peer, batch *simulator.Batch, began time.Time) (rate, peak float64, err error) {
	if err := p.comp.WaitAcked(ctx, batch.IDs()...); err != nil {
		return 0, 0, err
	}
	rate = float64(len(batch.IDs())) / time.Since(began).Seconds()
	m, err := p.memory()
	return rate, m.Peak, err
}

// checkRows compares the messages of each chat with what its contact wrote.
func (b *backlog) checkRows(ctx context.Context, r *runtime, want []simulator.Line) error {
	written := map[*simulator.User][]string{}
	for _, line := range want {
		written[line.From] = append(written[line.From], line.Text)
	}
	prefix, _, _ := strings.Cut(want[0].Text, ",")
	for contact, lines := range written {
		var messages []struct{ Body string }
		path := fmt.Sprintf("/api/%s/chats/%s@c.us/messages?limit=%d&downloadMedia=false", sessionName, contact.PN().User, 2*len(lines))
		if _, err := r.call(ctx, http.MethodGet, path, nil, &messages); err != nil {
			return err
		}
		var got []string
		for _, m := range slices.Backward(messages) { // newest first
			if strings.HasPrefix(m.Body, prefix+",") {
				got = append(got, m.Body)
			}
		}
		b.rows += misplaced(got, lines)
	}
	return nil
}
