package main

import (
	"context"
	"fmt"
	"time"

	"github.com/wasession/wasession/test/perf/figures"
	"github.com/wasession/wasession/test/visitor"
)

// dashboard measures the first page of the dashboard, with all sessions in it.
func (s *stage) dashboard(ctx context.Context) error {
	others := s.begin("the dashboard's first page")
	v, err := visitor.New(s.url)
	if err != nil {
		return err
	}
	if err := v.LogIn(ctx, s.key); err != nil {
		return err
	}
	var times []float64 // milliseconds
	var size int
	for range 20 {
		began := time.Now()
		page, err := v.Load(ctx, "")
		if err != nil {
			return err
		}
		times, size = append(times, float64(time.Since(began))/float64(time.Millisecond)), len(page)
	}
	s.report(figures.Figure{Name: "first-page", Ours: figures.Percentile(times, 50), Unit: "ms", Others: others(),
		Note: fmt.Sprintf("p50 of %d; %d kB before compression, with %d sessions", len(times), size/1000, s.sessions)})
	return nil
}
