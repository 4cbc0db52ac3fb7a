package chat

import (
	"context"
	"net/http"
)

// mostCounted is how many deliveries are counted at most.
const mostCounted = 1000

// Waiting counts the events in one state of delivery, pending or failed, up to
// mostCounted.
func (c *Client) Waiting(ctx context.Context, state string) (count int, more bool, err error) {
	query := page(mostCounted, 0)
	query.Set("state", state)
	var list []struct{}
	_, err = c.call(ctx, http.MethodGet, c.path("webhooks", "deliveries"), query, nil, &list)
	return len(list), len(list) == mostCounted, err
}
