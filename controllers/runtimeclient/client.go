package runtimeclient

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

// Errors that callers distinguish. None contains text from the pod.
var (
	// ErrUnauthorized: the pod does not accept the token.
	ErrUnauthorized = errors.New("the runtime rejected the operator's token")
	// ErrConflict: the session cannot do it at the moment, most often because it
	// is not connected to WhatsApp.
	ErrConflict = errors.New("the session cannot do that in its current state")
	// ErrUnreachable: nothing answered on the pod's API port.
	ErrUnreachable = errors.New("the runtime could not be reached")
)

// StatusError is a response that the contract does not define.
type StatusError struct{ Code int }

func (e StatusError) Error() string {
	return fmt.Sprintf("the runtime answered with HTTP status %d", e.Code)
}

// Target is one session pod.
type Target struct {
	// BaseURL is scheme, host and port, without a trailing slash.
	BaseURL string
	// Token is the bearer token of the session.
	Token string
}

// BaseURL is where the runtime in the pod with this address listens.
func BaseURL(podIP string) string {
	return "http://" + net.JoinHostPort(podIP, fmt.Sprint(runtimev1.Port))
}

// Options bound a client; a zero field takes its default.
type Options struct {
	// Silence ends a stream on which no line arrived for so long. Default: three
	// heartbeats.
	Silence time.Duration
	// RequestTimeout bounds connecting, the wait for response headers, and a
	// whole request that is not a stream. Default: 10 s.
	RequestTimeout time.Duration
	// MaxLine bounds one line of a stream, in bytes. Default: 256 KiB.
	MaxLine int
	// Backoff bounds the waits between attempts to open a stream.
	Backoff Backoff
}

func (o Options) withDefaults() Options {
	if o.Silence == 0 {
		o.Silence = 3 * runtimev1.HeartbeatSeconds * time.Second
	}
	if o.RequestTimeout == 0 {
		o.RequestTimeout = 10 * time.Second
	}
	if o.MaxLine == 0 {
		o.MaxLine = 256 << 10
	}
	o.Backoff = o.Backoff.withDefaults()
	return o
}

// Client talks to session pods. It is safe for concurrent use, and one client
// serves thousands of streams.
type Client struct {
	http    *http.Client
	options Options
}

// New returns a client.
func New(options Options) *Client {
	options = options.withDefaults()
	dialer := &net.Dialer{Timeout: options.RequestTimeout, KeepAlive: 30 * time.Second}
	return &Client{
		options: options,
		http: &http.Client{
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport: &http.Transport{
				DialContext:           dialer.DialContext,
				ResponseHeaderTimeout: options.RequestTimeout,
				DisableCompression:    true,
				// A stream is the only traffic of most pods: idle connections
				// would double their number. Small buffers: a status is a line.
				DisableKeepAlives: true,
				ReadBufferSize:    2 << 10,
				WriteBufferSize:   1 << 10,
			},
		},
	}
}

// RequestArchiveRun asks the session for a run of its archive policies. The id
// names the request: the runtime starts nothing for an id it already knows. It
// returns ErrConflict if no run can start.
func (c *Client) RequestArchiveRun(ctx context.Context, target Target, id string) error {
	return c.post(ctx, target, runtimev1.ArchiveRunPath+"?"+url.Values{"id": {id}}.Encode())
}

// Logout unlinks the session's device from its account. It returns ErrConflict
// if the session is not connected.
func (c *Client) Logout(ctx context.Context, target Target) error {
	return c.post(ctx, target, runtimev1.LogoutPath)
}

func (c *Client) post(ctx context.Context, target Target, path string) error {
	ctx, cancel := context.WithTimeout(ctx, c.options.RequestTimeout)
	defer cancel()
	response, err := c.do(ctx, http.MethodPost, target, path)
	if err != nil {
		return err
	}
	defer response.Body.Close() // nothing is read from it
	switch response.StatusCode {
	case http.StatusOK, http.StatusAccepted, http.StatusNoContent:
		return nil
	case http.StatusConflict:
		return ErrConflict
	default:
		return statusError(response.StatusCode)
	}
}

// do sends a request without a body. Transport errors become ErrUnreachable:
// their text holds addresses and is of no use to people.
func (c *Client) do(ctx context.Context, method string, target Target, path string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, target.BaseURL+path, nil)
	if err != nil {
		return nil, fmt.Errorf("building a request to the runtime: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+target.Token)
	response, err := c.http.Do(request)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.DeadlineExceeded) {
			return nil, cause
		}
		return nil, fmt.Errorf("%w: %s %s", ErrUnreachable, method, request.URL.Path)
	}
	return response, nil
}

func statusError(code int) error {
	if code == http.StatusUnauthorized || code == http.StatusForbidden {
		return ErrUnauthorized
	}
	return StatusError{Code: code}
}
