package simulator

import (
	"context"
	"errors"
	"slices"
	"testing"
)

func newTestWorker(t *testing.T) (*worker, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w := &worker{ctx: ctx, all: &running{}}
	t.Cleanup(func() { cancel(); w.all.wg.Wait() })
	return w, cancel
}

func TestWorkerKeepsTheOrder(t *testing.T) {
	w, _ := newTestWorker(t)
	var got []int
	for i := range 100 {
		w.post(func(context.Context) { got = append(got, i) })
	}
	err := w.do(context.Background(), func(context.Context) error { return nil })
	if err != nil || !slices.IsSorted(got) || len(got) != 100 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestWorkerRunsNestedTasksAtOnce(t *testing.T) {
	w, _ := newTestWorker(t)
	want := errors.New("inner")
	err := w.do(context.Background(), func(ctx context.Context) error {
		return w.do(ctx, func(context.Context) error { return want })
	})
	if !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
}

func TestWorkerGivesUp(t *testing.T) {
	w, cancel := newTestWorker(t)
	release := make(chan struct{})
	w.post(func(context.Context) { <-release })
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if err := w.do(ctx, func(context.Context) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
	cancel()
	close(release)
	if err := w.do(context.Background(), func(context.Context) error { return nil }); !errors.Is(err, ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}
