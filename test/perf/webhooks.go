package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/wasession/wasession/test/perf/figures"
	"github.com/wasession/wasession/test/simulator"
)

const (
	webhookRounds = 3
	// webhookBatch is how many messages arrive while the receiver does not
	// answer, well within the 30 s of one attempt.
	webhookBatch   = 2000
	webhookSingles = 200
)

// measureWebhooks sends messages to a runtime with a webhook.
func measureWebhooks(ctx context.Context, l *lab) error {
	contacts := l.users(1, "Contact")
	h := newHook()
	defer h.close()
	p, err := l.hooked(ctx, h, contacts)
	if err != nil {
		return err
	}
	if err := l.webhookLatency(ctx, p, h, contacts[0]); err != nil {
		return err
	}
	if err := l.webhookRate(ctx, p, h, contacts); err != nil {
		return err
	}
	return p.stop()
}

// webhookLatency sends messages one by one, each after the one before was
// delivered.
func (l *lab) webhookLatency(ctx context.Context, p *peer, h *hook, contact *simulator.User) error {
	var fromStored, delivered, acked []float64
	for i := range webhookSingles {
		batch, err := p.comp.Prepare(ctx, []simulator.Line{{From: contact, Text: fmt.Sprint("single ", i)}})
		if err != nil {
			return err
		}
		sent := time.Now()
		batch.Send()
		if err := p.comp.WaitAcked(ctx, batch.IDs()...); err != nil {
			return err
		}
		acked = append(acked, time.Since(sent).Seconds()*1000)
		got, err := h.wait(ctx, 1)
		if err != nil {
			return err
		}
		fromStored = append(fromStored, got[0].at.Sub(got[0].stored).Seconds()*1000)
		delivered = append(delivered, got[0].at.Sub(sent).Seconds()*1000)
	}
	l.report(figures.Figure{Name: "webhooks.latency", Ours: figures.Median(fromStored), Unit: "ms", Others: l.sinceSection().Others,
		Note: fmt.Sprintf("p50 of %d, from the event's timestamp to the receiver; p95 %s ms", webhookSingles, figures.Number(figures.Percentile(fromStored, 95)))})
	l.report(figures.Compared("webhooks.delivered", "ms", delivered, acked,
		"from the sending of a message to its delivery, against that to its acknowledgement"))
	return nil
}

// webhookRate lets messages wait for a receiver that does not answer, so that
// the rate is not that of their arrival. Then it posts as many bodies of that
// size without the runtime.
func (l *lab) webhookRate(ctx context.Context, p *peer, h *hook, contacts []*simulator.User) error {
	var ours, bare []float64
	wrong := 0
	for round := range webhookRounds {
		want := lines(contacts, webhookBatch, fmt.Sprintf("event of round %d, number ", round))
		release := h.hold()
		defer release()
		batch, err := p.comp.Prepare(ctx, want)
		if err != nil {
			return err
		}
		batch.Send()
		if err := p.comp.WaitAcked(ctx, batch.IDs()...); err != nil {
			return err
		}
		began := time.Now()
		release()
		got, err := h.wait(ctx, webhookBatch)
		if err != nil {
			return err
		}
		// The first one had already arrived.
		ours = append(ours, (webhookBatch-1)/got[len(got)-1].at.Sub(began).Seconds())
		wrong += misplaced(bodies(got), texts(want))
		rate, err := h.post(ctx, webhookBatch, got[0].bytes)
		if err != nil {
			return err
		}
		bare = append(bare, rate)
	}
	note := fmt.Sprintf("in order to one receiver, medians of %d rounds of %d that waited for it", webhookRounds, webhookBatch)
	l.report(figures.Figure{Name: "webhooks.rate", Ours: figures.Median(ours), Unit: "events/s", Others: l.sinceSection().Others, Note: note})
	l.report(figures.Compared("webhooks.to-posts", "events/s", ours, bare,
		"against a loop that posts a body of that size, again and again"))
	l.report(figures.Figure{Name: "webhooks.misplaced", Ours: float64(wrong), Unit: "events",
		Note: fmt.Sprintf("of %d, delivered out of order or not at all", webhookRounds*webhookBatch)})
	return nil
}

// post posts n events of a size to the hook, one by one, and returns the rate.
func (h *hook) post(ctx context.Context, n, size int) (rate float64, err error) {
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	event := fmt.Appendf(nil, `{"payload": {"body": "posted", "rest": "%s"}}`, strings.Repeat("x", size))
	began := time.Now()
	for i := range n {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.srv.URL, bytes.NewReader(event))
		if err != nil {
			return 0, err
		}
		req.Header.Set("X-Webhook-Request-Id", fmt.Sprint(began.UnixNano(), i))
		resp, err := client.Do(req)
		if err != nil {
			return 0, err
		}
		if err := resp.Body.Close(); err != nil {
			return 0, err
		}
	}
	rate = float64(n) / time.Since(began).Seconds()
	_, err = h.wait(ctx, n)
	return rate, err
}
