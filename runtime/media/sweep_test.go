package media

import (
	"context"
	"fmt"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

func TestRetention(t *testing.T) {
	b := newBench(t)
	b.ensure(t, message("OLD"))
	b.now.Add(60)
	b.ensure(t, message("YOUNG"))
	b.now.Add(40)

	if err := b.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.assertFiles(t, "OLD", "YOUNG") // without retention all stay

	b.config.Store(&v1.Media{RetentionSeconds: 101})
	if err := b.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.assertFiles(t, "OLD", "YOUNG")

	b.config.Store(&v1.Media{RetentionSeconds: 100})
	if err := b.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.assertFiles(t, "YOUNG")

	// What was removed is fetched again when somebody asks.
	b.assertServed(t, message("OLD"))
}

func TestRetentionOfManyFiles(t *testing.T) {
	b := newBench(t)
	for i := range sweepBatch*2 + 1 {
		b.ensure(t, message(fmt.Sprint("F", i)))
	}
	b.now.Add(1000)
	b.config.Store(&v1.Media{RetentionSeconds: 1})
	if err := b.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.assertFiles(t)
}

func TestOldestMakeRoom(t *testing.T) {
	b := newBench(t)
	b.config.Store(&v1.Media{MaxBytes: 350})
	for i := range 6 {
		b.now.Add(1)
		b.ensure(t, message(fmt.Sprint("F", i)))
	}
	b.assertFiles(t, "F3", "F4", "F5")

	b.config.Store(&v1.Media{MaxBytes: 100})
	if err := b.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.assertFiles(t, "F5")
}

func TestRetentionAndLimitTogether(t *testing.T) {
	b := newBench(t)
	for i := range 4 {
		b.now.Add(10)
		b.ensure(t, message(fmt.Sprint("F", i)))
	}
	b.config.Store(&v1.Media{RetentionSeconds: 25, MaxBytes: 200})
	if err := b.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.assertFiles(t, "F2", "F3")
}

func TestRunSweepsAtOnceAndEnds(t *testing.T) {
	b := newBench(t)
	b.ensure(t, message("OLD"))
	b.now.Add(100)
	b.config.Store(&v1.Media{RetentionSeconds: 1})
	watched := &watchedIndex{b.Index, make(chan string, 1)}
	b.Library.Index = watched
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { b.Run(ctx); close(ended) }()
	if key := <-watched.deleted; key != "false_111@c.us_OLD" {
		t.Errorf("%s was removed", key)
	}
	cancel()
	<-ended
}

// watchedIndex tells of what is deleted.
type watchedIndex struct {
	Index
	deleted chan string
}

func (w *watchedIndex) DeleteMedia(ctx context.Context, keys ...string) error {
	err := w.Index.DeleteMedia(ctx, keys...)
	w.deleted <- keys[0]
	return err
}
