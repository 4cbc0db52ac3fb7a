package dashboard

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/gateway/waha"
)

const (
	// beatTime is how often a stream without news shows that it is alive, and that the
	// visitor's login still holds.
	beatTime = 15 * time.Second
	// calmTime is how long changes are collected before they are shown.
	calmTime = 200 * time.Millisecond
	// sendTime is how long a browser may take nothing of a stream.
	sendTime = 30 * time.Second
)

// stream is an answer of events, which the page takes as they come.
type stream struct {
	v    *visit
	conn *http.ResponseController
}

// stream answers with a stream of events until the visitor leaves or the gateway
// stops.
func (v *visit) stream(run func(ctx context.Context, s *stream) error) error {
	leave, ok := v.d.streams.enter(v.caller.Name())
	if !ok {
		return waha.Fail(http.StatusServiceUnavailable, "You have too many pages open. Close some, and load this one again")
	}
	defer leave()
	h := v.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // for nginx
	ctx, stop := context.WithCancel(v.r.Context())
	defer stop()
	go func() {
		select {
		case <-v.d.Stopping:
			stop()
		case <-ctx.Done():
		}
	}()
	s := &stream{v, http.NewResponseController(v.w)}
	if err := s.write([]byte("retry: 2000\n\n")); err != nil {
		return nil //nolint:nilerr // the visitor has left
	}
	if err := run(ctx, s); err != nil && ctx.Err() == nil {
		v.d.Log.Debug("Stream ended", "error", err)
	}
	return nil
}

// parts sends elements that replace those with their ids.
func (s *stream) parts(html []byte) error { return s.event("part", html) }

// show sends a template as parts.
func (s *stream) show(page, part string, data any) error {
	html, err := s.v.d.html(page, part, s.v.view(data))
	if err != nil {
		return err
	}
	return s.parts(html)
}

func (s *stream) event(name string, data []byte) error {
	var out bytes.Buffer
	fmt.Fprintf(&out, "event: %s\n", name)
	// A carriage return would end a line too: what somebody writes would become a field.
	for line := range bytes.Lines(bytes.ReplaceAll(data, []byte("\r"), nil)) {
		fmt.Fprintf(&out, "data: %s\n", bytes.TrimRight(line, "\n"))
	}
	if len(data) == 0 {
		out.WriteString("data:\n")
	}
	out.WriteByte('\n')
	return s.write(out.Bytes())
}

func (s *stream) write(raw []byte) error {
	_ = s.conn.SetWriteDeadline(time.Now().Add(sendTime)) // recorders of tests have none
	if _, err := s.v.w.Write(raw); err != nil {
		return err
	}
	return s.conn.Flush()
}

// check makes sure that the login still holds, and tells the page if not.
func (s *stream) check(ctx context.Context) error {
	who, err := s.v.d.identify(ctx, s.v.login.Secret)
	if err == nil && s.v.d.Now().Unix() >= s.v.login.Until {
		err = errNoLogin
	}
	if err != nil {
		_ = s.event("ended", nil)
		return err
	}
	s.v.identity = who
	return nil
}

// points ticks as often as sessions tell of themselves; never without a history.
func (d *Dashboard) points() (tick <-chan time.Time, stop func()) {
	if d.History == nil {
		return nil, func() {}
	}
	ticker := time.NewTicker(d.History.Every)
	return ticker.C, ticker.Stop
}

// follow calls changed with the sessions that have changed, whenever some have, and
// once at the beginning with none. The visitor's login is checked before each.
func (s *stream) follow(ctx context.Context, changed func(keys []types.NamespacedName) error) error {
	return s.followAnd(ctx, nil, changed)
}

// followAnd is follow with another cause to call changed, with no sessions then.
func (s *stream) followAnd(ctx context.Context, also <-chan time.Time, changed func(keys []types.NamespacedName) error) error {
	wake, take, stop := s.v.d.Fleet.Listen()
	defer stop()
	if err := changed(nil); err != nil {
		return err
	}
	beat := time.NewTicker(beatTime)
	defer beat.Stop()
	calm := time.NewTimer(0)
	calm.Stop()
	defer calm.Stop()
	for news := wake; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-beat.C:
			if err := s.check(ctx); err != nil {
				return err
			}
			if err := s.write([]byte(": alive\n\n")); err != nil {
				return err
			}
		case <-also:
			if err := s.check(ctx); err != nil {
				return err
			}
			if err := changed([]types.NamespacedName{}); err != nil {
				return err
			}
		case <-news:
			news = nil // what else changes waits for the timer
			calm.Reset(calmTime)
		case <-calm.C:
			news = wake
			if err := s.check(ctx); err != nil {
				return err
			}
			if err := changed(take()); err != nil {
				return err
			}
		}
	}
}
