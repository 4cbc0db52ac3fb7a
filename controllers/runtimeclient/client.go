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
	// Token is a bearer token for the pod.
	Token string
}

// BaseURL returns the URL of the runtime in the pod with this address.
func BaseURL(podIP string) string {
	return "http://" + net.JoinHostPort(podIP, fmt.Sprint(runtimev1.Port))
}

// Options limit a client. Zero fields take their defaults.
type Options struct {
	// Silence is the longest time without a line before a stream is ended.
	// Defaults to three heartbeats.
	Silence time.Duration
	// RequestTimeout limits connecting, the wait for response headers, and a
	// whole request that is not a stream. Defaults to 10 s.
	RequestTimeout time.Duration
	// MaxLine limits one line of a stream, in bytes. Defaults to 256 KiB.
	MaxLine int
	// Backoff controls the waits between attempts to open a stream.
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
// serves thousands of streams: each costs one goroutine, that of its caller.
type Client struct {
	http    *http.Client
	options Options
}

// New returns a client.
func New(options Options) *Client {
	options = options.withDefaults()
	return &Client{
		options: options,
		http: &http.Client{
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport:     newTransport(options.RequestTimeout),
		},
	}
}

// RequestArchiveRun asks the session for a run of its archive policies. The
// runtime starts nothing for an id that it already knows. It returns ErrConflict
// if no run can start.
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
// their text contains addresses and does not help users.
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
