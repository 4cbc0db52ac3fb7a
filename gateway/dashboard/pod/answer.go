package pod

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// answer is what a handler in this process answers, read while it is written. It is a
// ResponseWriter for the handler and a body for its reader.
type answer struct {
	*io.PipeReader
	header http.Header
	status int

	write *io.PipeWriter
	begun chan struct{}
	once  sync.Once
	// cancel ends the handler, and ended is closed when it has ended.
	cancel context.CancelFunc
	ended  chan struct{}
}

// errBroken is an answer that broke off.
var errBroken = Problem{Status: http.StatusBadGateway, Text: "The session's answer broke off. Try again", MayHaveBeenDone: true}

// serve has a handler answer a request whose context cancel ends. It returns when the
// head of the answer is there.
func serve(h http.Handler, r *http.Request, cancel context.CancelFunc) (*answer, error) {
	read, write := io.Pipe()
	a := &answer{PipeReader: read, header: http.Header{}, write: write, begun: make(chan struct{}), cancel: cancel, ended: make(chan struct{})}
	go a.run(h, r)
	select {
	case <-a.begun:
	case <-r.Context().Done():
	}
	// A handler that is cut off may answer with nothing, as if it were done.
	if err := cutOff(r.Context()); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

// cutOff is what became of an answer whose context has ended, or nil.
func cutOff(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return Problem{Status: http.StatusGatewayTimeout, Text: "The session did not answer in time. What you asked for may have been done", MayHaveBeenDone: true}
	}
	return ctx.Err()
}

func (a *answer) run(h http.Handler, r *http.Request) {
	defer close(a.ended)
	err := io.EOF
	defer func() {
		p := recover()
		if aborted, ok := p.(error); ok && errors.Is(aborted, http.ErrAbortHandler) {
			err = errBroken
		} else if p != nil {
			err = fmt.Errorf("a handler panicked: %v", p)
		} else if cut := cutOff(r.Context()); cut != nil {
			err = cut
		}
		a.WriteHeader(http.StatusOK)
		_ = a.write.CloseWithError(err)
	}()
	h.ServeHTTP(a.writer(), r)
}

// Close ends the answer, read or not, and waits for the handler.
func (a *answer) Close() {
	a.cancel()
	_ = a.PipeReader.Close()
	<-a.ended
}

func (a *answer) writer() http.ResponseWriter { return answerWriter{a} }

// WriteHeader takes the head of the answer.
func (a *answer) WriteHeader(status int) {
	if status < http.StatusOK {
		return
	}
	a.once.Do(func() {
		a.status = status
		close(a.begun)
	})
}

// answerWriter is the handler's side of an answer.
type answerWriter struct{ a *answer }

// Header implements http.ResponseWriter.
func (w answerWriter) Header() http.Header { return w.a.header }

// WriteHeader implements http.ResponseWriter.
func (w answerWriter) WriteHeader(status int) { w.a.WriteHeader(status) }

// Write implements http.ResponseWriter.
func (w answerWriter) Write(b []byte) (int, error) {
	w.a.WriteHeader(http.StatusOK)
	return w.a.write.Write(b)
}

// Flush implements http.Flusher: what is written is read at once.
func (w answerWriter) Flush() {}
