package chat

import (
	"context"
	"net/http"
)

// Unsent counts the messages that wait to be sent.
func (c *Client) Unsent(ctx context.Context) (int, error) {
	var plan struct{ Waiting []struct{} }
	_, err := c.call(ctx, http.MethodGet, c.path("sending"), nil, nil, &plan)
	return len(plan.Waiting), err
}
