package chat

import (
	"context"
	"net/http"
)

// Metrics returns the session's metrics, in the format of Prometheus.
func (c *Client) Metrics(ctx context.Context) (text string, err error) {
	_, err = c.call(ctx, http.MethodGet, "/metrics", nil, nil, &text)
	return text, err
}
