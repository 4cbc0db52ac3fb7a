package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/test/perf/figures"
)

const (
	rounds    = 5
	perRound  = 5 * perSecond
	megabytes = 100
)

// added measures what the gateway adds to a call, in turns with calls to the pods.
func (s *stage) added(ctx context.Context) error {
	others := s.begin(fmt.Sprintf("%d calls a second, to pods and through the gateway in turns", perSecond))
	direct := func(i int) (time.Duration, error) {
		n := i % s.sessions
		return s.get(ctx, fmt.Sprintf("http://%s:%d", address(n), runtimev1.Port), n)
	}
	through := func(i int) (time.Duration, error) { return s.get(ctx, s.url, i%s.sessions) }
	var p50, p99 [2][]float64
	for range rounds {
		for way, call := range []func(int) (time.Duration, error){direct, through} {
			took, err := paced(ctx, perRound, call)
			if err != nil {
				return err
			}
			p50[way], p99[way] = append(p50[way], figures.Percentile(took, 50)), append(p99[way], figures.Percentile(took, 99))
		}
	}
	busy := others()
	for _, f := range []struct {
		name string
		took [2][]float64
	}{{"added-p50", p50}, {"added-p99", p99}} {
		straight, longer := figures.Median(f.took[0]), figures.Median(f.took[1])
		s.report(figures.Figure{Name: f.name, Ours: longer - straight, Unit: "ms", Others: busy,
			Note: fmt.Sprintf("%.2f ms through the gateway, %.2f ms to the pod; medians of %d rounds", longer, straight, rounds)})
	}
	memory, err := figures.MemoryOf(s.gateway.Process.Pid)
	if err != nil {
		return err
	}
	s.report(figures.Figure{Name: "rss", Ours: memory.Now, Unit: "MB", Note: fmt.Sprintf("with %d sessions after these calls", s.sessions)})
	return nil
}

// hanging measures the calls of others while a pod does not answer and has as many
// calls as it may.
func (s *stage) hanging(ctx context.Context) error {
	others := s.begin("calls while a pod hangs")
	through := func(i int) (time.Duration, error) { return s.get(ctx, s.url, 1+i%(s.sessions-1)) }
	before, err := paced(ctx, perRound, through)
	if err != nil {
		return err
	}
	hung, cancel := context.WithCancel(ctx)
	var waiting sync.WaitGroup
	for range 200 {
		waiting.Go(func() { _, _ = s.call(hung, http.MethodGet, s.url+"/api/"+name(0)+"/chats?hang", nil) })
	}
	meanwhile, err := paced(ctx, perRound, through)
	cancel()
	waiting.Wait()
	if err != nil {
		return err
	}
	ours, against := figures.Percentile(meanwhile, 50), figures.Percentile(before, 50)
	s.report(figures.Figure{Name: "hanging", Ours: ours, Against: against, Ratio: ours / against, Unit: "ms", Others: others(),
		Note: "p50 of other sessions while 200 calls wait for a pod, against without"})
	return nil
}

// upload measures the memory that a large file costs, sent as WAHA's clients do: in
// base64, before the session's name.
func (s *stage) upload(ctx context.Context) error {
	s.begin(fmt.Sprintf("sending a file of %d MiB", megabytes))
	pid := s.gateway.Process.Pid
	before, err := figures.MemoryOf(pid)
	if err != nil {
		return err
	}
	body := io.MultiReader(strings.NewReader(`{"chatId":"15550001111@c.us","file":{"mimetype":"video/mp4","data":"`),
		io.LimitReader(letters{}, megabytes<<20), strings.NewReader(`"},"session":"`+name(1)+`"}`))
	if _, err := s.call(ctx, http.MethodPost, s.url+"/api/sendVideo", body); err != nil {
		return err
	}
	after, err := figures.MemoryOf(pid)
	if err != nil {
		return err
	}
	s.report(figures.Figure{Name: "upload", Ours: max(0, after.Peak-before.Peak), Unit: "MB", Note: "more at the peak than before"})
	return nil
}

// letters is base64 without an end.
type letters struct{}

// Read implements io.Reader.
func (letters) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'A'
	}
	return len(b), nil
}
