package pod

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
)

// Delivery is the delivery of an event to a webhook. Times are in unix milliseconds.
type Delivery struct {
	ID          *int64  `json:"id"`
	Webhook     string  `json:"webhook"`
	State       string  `json:"state"`
	Event       string  `json:"event"`
	EventID     string  `json:"eventId"`
	Timestamp   int64   `json:"timestamp"`
	Attempts    int     `json:"attempts"`
	RequestID   *string `json:"requestId"`
	Error       *string `json:"error"`
	NextAttempt *int64  `json:"nextAttempt"`
	FailedAt    *int64  `json:"failedAt"`
}

// Deliveries returns deliveries that wait ("pending") or were given up ("failed").
func (c Client) Deliveries(ctx context.Context, state, webhook string, limit, offset int) (all []Delivery, err error) {
	query := url.Values{"state": {state}, "limit": {strconv.Itoa(limit)}, "offset": {strconv.Itoa(offset)}}
	if webhook != "" {
		query.Set("webhook", webhook)
	}
	return all, c.get(ctx, c.api("webhooks", "deliveries"), query, maxList, &all)
}

// Replay queues deliveries again that were given up: these, or all of a webhook, or all.
func (c Client) Replay(ctx context.Context, webhook string, ids ...int64) (n int, err error) {
	body := map[string]any{}
	if webhook != "" {
		body["webhook"] = webhook
	}
	if len(ids) > 0 {
		body["ids"] = ids
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	var out struct {
		Replayed int `json:"replayed"`
	}
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	err = c.read(ctx, request{
		method: http.MethodPost, path: c.api("webhooks", "deliveries", "replay"), body: bytes.NewReader(encoded), contentType: "application/json",
	}, maxShort, &out)
	return out.Replayed, err
}
