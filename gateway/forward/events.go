package forward

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/coder/websocket"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/gateway/fleet"
)

const (
	// openTimeout limits opening a stream of events. Pods open it at once.
	openTimeout = 10 * time.Second
	// maxEvent is the longest event that is passed on, in bytes.
	maxEvent = 16 << 20
	// streamCaller is who opens streams: they are shared by callers.
	streamCaller = "gateway"
)

// streams returns what streams are opened with. They take no place in the pool of the
// calls, and have small buffers, since there can be thousands.
func streams(o Options) *http.Transport {
	return &http.Transport{
		DialContext:            dialer(o.ConnectTimeout, o.StallTimeout),
		ResponseHeaderTimeout:  openTimeout,
		DisableKeepAlives:      true,
		MaxResponseHeaderBytes: 16 << 10,
		ReadBufferSize:         1 << 10,
		WriteBufferSize:        1 << 10,
	}
}

// Events is a pod's stream of events. Its owner calls Close.
type Events struct {
	conn    *websocket.Conn
	newest  string
	silence time.Duration
	// quiet ends a stream that is silent.
	quiet *time.Timer
}

// errNoStream: the websocket was opened to be closed, or by a runtime of an older
// version. Where its stream begins is not known.
var errNoStream = errors.New("the pod does not take the gateway's token, or its runtime is of an older version")

// Events opens a pod's stream of all events: those after one that is named by its ID,
// as far as the pod still has them, or those from now on if after is empty.
func (f *Forwarder) Events(ctx context.Context, pod fleet.Pod, after string) (*Events, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	target := url.URL{
		Scheme: "ws", Host: net.JoinHostPort(pod.IP, strconv.Itoa(f.options.Port)), Path: "/ws",
		RawQuery: url.Values{"lastEventId": {after}}.Encode(),
	}
	e := &Events{silence: f.options.Silence}
	//nolint:bodyclose // the connection is the body
	conn, answer, err := websocket.Dial(ctx, target.String(), &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: f.streams},
		HTTPHeader: http.Header{"Authorization": {"Bearer " + f.tokens.get(pod.UID, streamCaller, []string{"read"})}},
		OnPingReceived: func(context.Context, []byte) bool {
			e.quiet.Reset(e.silence)
			return true
		},
	})
	if err != nil {
		return nil, fmt.Errorf("opening a pod's events: %w", err)
	}
	conn.SetReadLimit(-1) // Next has its own
	if e.conn, e.newest = conn, answer.Header.Get(runtimev1.LastEventHeader); e.newest == "" {
		conn.CloseNow()
		return nil, errNoStream
	}
	e.quiet = time.AfterFunc(e.silence, func() { conn.CloseNow() })
	return e, nil
}

// Newest is the ID of the pod's newest event when the stream was opened.
func (e *Events) Newest() string { return e.newest }

// Next waits for the next event. One that is too long is cut off.
func (e *Events) Next(ctx context.Context) (event []byte, whole bool, err error) {
	_, r, err := e.conn.Reader(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("reading a pod's events: %w", err)
	}
	e.quiet.Reset(e.silence)
	var read bytes.Buffer
	_, err = read.ReadFrom(io.LimitReader(r, maxEvent))
	rest := int64(0)
	if err == nil {
		rest, err = io.Copy(io.Discard, r)
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading a pod's event: %w", err)
	}
	return read.Bytes(), rest == 0, nil
}

// Close ends the stream.
func (e *Events) Close() {
	e.quiet.Stop()
	e.conn.CloseNow()
}
