package simulator

import (
	"context"
	"sync"
)

// worker runs the tasks of one phone in order. Its goroutine lives only while
// there is work, so that an idle account costs nothing.
type worker struct {
	mu      sync.Mutex
	tasks   []func(context.Context)
	running bool
	ctx     context.Context // ends with the Server
	all     *running        // of the Server
}

// workerKey marks a context as belonging to a task of a worker.
type workerKey struct{}

func (w *worker) post(task func(context.Context)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctx.Err() != nil {
		return
	}
	w.tasks = append(w.tasks, task)
	if !w.running {
		w.running = w.all.start(w.run)
	}
}

func (w *worker) run() {
	ctx := context.WithValue(w.ctx, workerKey{}, w)
	for {
		w.mu.Lock()
		if len(w.tasks) == 0 || w.ctx.Err() != nil {
			w.tasks, w.running = nil, false
			w.mu.Unlock()
			return
		}
		task := w.tasks[0]
		w.tasks = w.tasks[1:]
		w.mu.Unlock()
		task(ctx)
	}
}

// do runs the task and waits until the task, ctx or the worker ends. On the
// worker itself it runs the task directly.
func (w *worker) do(ctx context.Context, task func(context.Context) error) error {
	if ctx.Value(workerKey{}) == w {
		return task(ctx)
	}
	done := make(chan error, 1)
	w.post(func(wctx context.Context) { done <- task(wctx) })
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-w.ctx.Done():
		return ErrClosed
	}
}
