package delivery

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/wasession/wasession/runtime/chat"
)

// Socket serves /ws: the envelopes of events as they happen. Every connection
// reads the outbox at its own pace, so that a slow reader costs nobody else
// anything; one that takes nothing for WriteTimeout is closed.
type Socket struct {
	Dispatcher *Dispatcher
	// Session is the name that clients may ask for beside "*".
	Session string
	// Authorize says whether a request carries a key that may read. A bad key
	// closes with 1008, as clients expect, instead of refusing the upgrade.
	Authorize func(*http.Request) bool
	// Changed returns a channel that is closed when keys change next: open
	// connections are then authorized again. Nil means that they never do.
	Changed func() <-chan struct{}
	// WriteTimeout is how long a reader may take for one event; 0 means
	// DefaultWriteTimeout.
	WriteTimeout time.Duration
}

// DefaultWriteTimeout is how long a reader may take where a Socket does not say.
const DefaultWriteTimeout = 10 * time.Second

// pingEvery keeps idle connections open through proxies, and finds dead ones.
const pingEvery = 30 * time.Second

// ServeHTTP serves one connection until either side ends it. The query may name
// session (the session's name, or * which is the default), events (names,
// comma-separated or repeated; * is the default) and lastEventId, the id of the
// last event seen: what came after it is sent first, as far as the outbox
// reaches.
func (s *Socket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	events, problem := s.wanted(r)
	permit := s.permit(r)
	if !s.Authorize(r) {
		problem = unauthorized
	}
	// The place in the outbox is taken before the handshake ends: a client gets
	// all that happens once it is connected.
	var from int64
	if problem == "" {
		var err error
		if from, err = s.Dispatcher.Outbox.LastSeq(r.Context()); err != nil {
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
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

// wanted reads the query; problem is what is wrong with it.
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

// stream sends the events after a place in the outbox, or after the last one
// seen, until ctx ends or something fails, and says how to close.
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

// write sends one event; a status other than 0 says how to close.
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
