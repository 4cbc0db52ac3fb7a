package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/sync/errgroup"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/test/perf/figures"
)

const (
	websockets      = 500
	eventsPerSecond = 10
	eventSeconds    = 10
)

// streams are the pods' websockets, each with what is to be written to it.
type streams struct {
	mu  sync.Mutex
	all []chan []byte
}

// ServeHTTP serves /ws of a pod.
func (s *streams) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set(runtimev1.LastEventHeader, runtimev1.NoEvent)
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	written := make(chan []byte, eventsPerSecond*eventSeconds)
	s.mu.Lock()
	s.all = append(s.all, written)
	s.mu.Unlock()
	ctx := conn.CloseRead(r.Context())
	for {
		select {
		case event := <-written:
			if conn.Write(ctx, websocket.MessageText, event) != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// event is a message of usual size, which says when it was sent.
func event(n int) []byte {
	return fmt.Appendf(nil, `{"id":"evt_%026d","timestamp":1767225600000,"event":"message","session":"sales","sent":%d,"payload":{"body":"%s"}}`,
		n, time.Now().UnixNano(), strings.Repeat("x", 1000))
}

// delay is how long an event has been on its way, in milliseconds.
func delay(event []byte) (float64, error) {
	_, rest, _ := bytes.Cut(event, []byte(`"sent":`))
	text, _, _ := bytes.Cut(rest, []byte(","))
	sent, err := strconv.ParseInt(string(text), 10, 64)
	return float64(time.Now().UnixNano()-sent) / 1e6, err
}

// sockets measures websockets that each follow all sessions.
func (s *stage) sockets(ctx context.Context) error {
	say("opening %d websockets", websockets)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conns := make([]*websocket.Conn, websockets)
	opening, openCtx := errgroup.WithContext(ctx)
	opening.SetLimit(16)
	for i := range conns {
		opening.Go(func() (err error) {
			conns[i], _, err = websocket.Dial(openCtx, s.url+"/ws?x-api-key="+s.key, nil) //nolint:bodyclose // the connection is the body
			return err
		})
	}
	err := opening.Wait()
	defer func() {
		for _, conn := range conns {
			if conn != nil {
				conn.CloseNow()
			}
		}
	}()
	if err != nil {
		return err
	}
	if opened := len(s.streams.all); opened != s.sessions {
		return fmt.Errorf("the gateway has %d streams of %d sessions", opened, s.sessions)
	}
	others := s.begin(fmt.Sprintf("%d events a second to %d websockets", eventsPerSecond, websockets))
	const events = eventsPerSecond * eventSeconds
	took := make([]float64, 0, events*websockets)
	var mu sync.Mutex
	reading, readCtx := errgroup.WithContext(ctx)
	for _, conn := range conns {
		reading.Go(func() error {
			for range events {
				_, read, err := conn.Read(readCtx)
				if err != nil {
					return err
				}
				d, err := delay(read)
				if err != nil {
					return err
				}
				mu.Lock()
				took = append(took, d)
				mu.Unlock()
			}
			return nil
		})
	}
	clock := time.NewTicker(time.Second / eventsPerSecond)
	defer clock.Stop()
	for n := range events {
		select {
		case <-readCtx.Done():
			return reading.Wait()
		case <-clock.C:
			s.streams.all[n%s.sessions] <- event(n)
		}
	}
	if err := reading.Wait(); err != nil {
		return err
	}
	busy := others()
	memory, err := figures.MemoryOf(s.gateway.Process.Pid)
	if err != nil {
		return err
	}
	s.report(figures.Figure{Name: "websockets-rss", Ours: memory.Now, Unit: "MB",
		Note: fmt.Sprintf("with %d sessions and %d websockets that follow all", s.sessions, websockets)})
	for _, p := range []int{50, 99} {
		s.report(figures.Figure{Name: fmt.Sprintf("event-p%d", p), Ours: figures.Percentile(took, p), Unit: "ms", Others: busy,
			Note: fmt.Sprintf("from the pod to each of %d clients", websockets)})
	}
	return nil
}
