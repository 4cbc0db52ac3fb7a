package delivery

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// Socket serves /ws: the envelopes of events as they happen. Each connection reads the
// outbox at its own pace, so that a slow client does not affect others. A client that
// reads nothing for WriteTimeout is disconnected.
type Socket struct {
	Dispatcher *Dispatcher
	// Session is the session name that clients may request, besides "*".
	Session string
	// Authorize says whether a request that came at a time has a key that may read. With
	// an invalid key the connection is closed with 1008, as clients expect, not refused
	// at the upgrade.
	Authorize func(r *http.Request, came time.Time) bool
	// Changed returns a channel that is closed at the next change of the keys: open
	// connections are then authorized again. Nil means that keys never change.
	Changed func() <-chan struct{}
	// WriteTimeout limits how long a client may take to read one event; 0 means
	// DefaultWriteTimeout.
	WriteTimeout time.Duration
}

// DefaultWriteTimeout is the default of Socket.WriteTimeout.
const DefaultWriteTimeout = 10 * time.Second

// pingEvery keeps idle connections open through proxies and detects dead ones.
const pingEvery = 30 * time.Second

// ServeHTTP serves one connection until either side closes it. Query parameters:
// session (the session's name or *, the default), events (names, comma-separated or
// repeated; defaults to *) and lastEventId, the ID of the last event received: later
// events that are still in the outbox are sent first.
func (s *Socket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	events, problem := s.wanted(r)
	permit := s.permit(r)
	if !permit.allowed() {
		problem = unauthorized
	}
	// The position in the outbox is read before the handshake ends, so that a client
	// gets every event after it is connected.
	var from int64
	if problem == "" {
		leave, err := s.Dispatcher.audience.join(r.Context())
		if err != nil {
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		defer leave()
		var newest string
		if from, newest, err = s.newest(r.Context()); err != nil {
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		w.Header().Set(v1.LastEventHeader, newest)
	}
	// Any origin may connect: clients authenticate with a key, not with cookies.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // answered by Accept
	}
	defer conn.CloseNow()
	if problem != "" {
		conn.Close(websocket.StatusPolicyViolation, problem)
		return
	}
	// Clients send nothing; reading detects that they disconnect.
	ctx := conn.CloseRead(r.Context())
	status, reason := s.stream(ctx, conn, permit, events, from, r.URL.Query().Get("lastEventId"))
	conn.Close(status, reason)
}

// newest is the place and the ID of the newest event. A client that knows it can tell
// whether it has missed anything.
func (s *Socket) newest(ctx context.Context) (seq int64, id string, err error) {
	outbox := s.Dispatcher.Outbox
	if seq, err = outbox.LastSeq(ctx); err != nil || seq == 0 {
		return 0, v1.NoEvent, err
	}
	events, err := outbox.EventsFrom(ctx, seq-1, 1)
	if err != nil {
		return 0, "", err
	}
	if len(events) == 0 || events[0].Seq != seq {
		return seq, v1.NoEvent, nil // all were pruned
	}
	return seq, events[0].ID, nil
}

// wanted parses the query; problem describes an invalid one.
func (s *Socket) wanted(r *http.Request) (events selection, problem string) {
	query := r.URL.Query()
	if session := query.Get("session"); session != "" && session != "*" && session != s.Session {
		return selection{}, "Session does not exist"
	}
	names := []string{}
	for _, value := range query["events"] {
		names = append(names, strings.Split(value, ",")...)
	}
	if len(names) == 0 {
		names = []string{AllEvents}
	}
	events, err := selectEvents(names)
	if err != nil {
		return selection{}, "events " + err.Error()
	}
	return events, ""
}

// stream sends the events after a position in the outbox, or after the last event
// received, until ctx ends or an error occurs. It returns how to close.
func (s *Socket) stream(ctx context.Context, conn *websocket.Conn, permit *permit, wanted selection, seq int64, lastEventID string) (websocket.StatusCode, string) {
	outbox := s.Dispatcher.Outbox
	wake := make(chan struct{}, 1)
	defer s.Dispatcher.listen(wake)()
	read := func() ([]chat.StoredEvent, error) { return outbox.EventsFrom(ctx, seq, page) }
	if lastEventID != "" {
		first := read
		read = func() ([]chat.StoredEvent, error) {
			read = first
			return outbox.EventsAfter(ctx, lastEventID, page)
		}
	}
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		events, err := read()
		if err != nil {
			return websocket.StatusInternalError, ""
		}
		for _, event := range events {
			seq = event.Seq
			if !wanted.has(event.Name) {
				continue
			}
			if permit.revoked() {
				return websocket.StatusPolicyViolation, unauthorized
			}
			if status, reason := s.write(ctx, conn, event); status != 0 {
				return status, reason
			}
		}
		if len(events) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return websocket.StatusGoingAway, ""
		case <-permit.changed:
			if permit.revoked() {
				return websocket.StatusPolicyViolation, unauthorized
			}
		case <-wake:
		case <-ping.C:
			if err := s.within(ctx, conn.Ping); err != nil {
				return websocket.StatusGoingAway, ""
			}
		}
	}
}

// write sends one event. It returns the close status, or 0 to continue.
func (s *Socket) write(ctx context.Context, conn *websocket.Conn, event chat.StoredEvent) (websocket.StatusCode, string) {
	err := event.Problem
	var body []byte
	if err == nil {
		body, err = s.Dispatcher.Envelope(event)
	}
	if err != nil {
		s.Dispatcher.Metrics.skipped.Inc()
		s.Dispatcher.Logger.Error("Event cannot be encoded as JSON; skipping it", "event", event.Name, "id", event.ID, "error", err)
		return 0, ""
	}
	err = s.within(ctx, func(ctx context.Context) error { return conn.Write(ctx, websocket.MessageText, body) })
	if errors.Is(err, context.DeadlineExceeded) {
		s.Dispatcher.Metrics.slowReaders.Inc()
		s.Dispatcher.Logger.Warn("WebSocket closed because the client is too slow", "lastEventId", event.ID)
		return websocket.StatusPolicyViolation, "too slow: come back with lastEventId"
	}
	if err != nil {
		return websocket.StatusGoingAway, ""
	}
	return 0, ""
}

func (s *Socket) within(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(s.WriteTimeout, DefaultWriteTimeout))
	defer cancel()
	return do(ctx)
}
