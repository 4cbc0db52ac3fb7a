package pod

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/wasession/wasession/gateway/fleet"
	"github.com/wasession/wasession/gateway/forward"
)

// Event is an event as webhooks get it. At is in unix milliseconds.
type Event struct {
	ID      string          `json:"id"`
	At      int64           `json:"timestamp"`
	Name    string          `json:"event"`
	Payload json.RawMessage `json:"payload"`
}

// Events is a stream of a session's events.
type Events struct {
	*forward.Events
	names []string
}

// OpenEvents opens the stream of the named events, or of all without names, for somebody
// who may read the session's messages: that is for the caller to check. What happens
// from then on is in it. Close ends it.
func OpenEvents(ctx context.Context, f *forward.Forwarder, pod fleet.Pod, names ...string) (*Events, error) {
	if pod == (fleet.Pod{}) {
		return nil, errNoPod
	}
	events, err := f.Events(ctx, pod, "")
	if err != nil {
		return nil, errors.Join(errNoPod, err)
	}
	return &Events{events, names}, nil
}

var errNoPod = Problem{Status: http.StatusBadGateway, Text: "The session is not running right now"}

// Next waits for the next event. Those that are too long to be read are left out.
func (e *Events) Next(ctx context.Context) (Event, error) {
	for {
		raw, whole, err := e.Events.Next(ctx)
		if err != nil {
			return Event{}, err
		}
		var event Event
		if !whole || json.Unmarshal(raw, &event) != nil {
			continue
		}
		if len(e.names) == 0 || slices.Contains(e.names, event.Name) {
			return event, nil
		}
	}
}
