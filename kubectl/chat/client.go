// Package chat is the plugin's client of a session's chat API: the calls that its
// commands make.
package chat

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// maxAnswer is the longest answer that is read, in bytes.
	maxAnswer = 64 << 20
	// callTimeout limits a call. Sending waits for WhatsApp.
	callTimeout = 90 * time.Second
)

// Client calls the chat API of one session.
type Client struct {
	base, session, key string
	http               *http.Client
}

// New returns a client. base is the URL without a path, session the name in the API. A
// key is sent unless it is empty.
func New(base, session, key string, transport http.RoundTripper) *Client {
	return &Client{
		base: strings.TrimSuffix(base, "/"), session: session, key: key,
		http: &http.Client{Transport: transport, Timeout: callTimeout, CheckRedirect: stay},
	}
}

// stay follows no redirect, which could lead the key or the token elsewhere.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Failure is an answer that is not a success.
type Failure struct {
	Status int
	// Text is what the API says.
	Text string
	// Phase is the session's status where that is why.
	Phase string
}

func (f *Failure) Error() string {
	if f.Text == "" {
		return fmt.Sprintf("the session answered %d %s", f.Status, http.StatusText(f.Status))
	}
	return fmt.Sprintf("%s (%d)", f.Text, f.Status)
}

// errLost is of calls that got no answer.
var errLost = errors.New("calling the session")

// Lost says whether a call got no answer because there was no connection, or no more.
func Lost(err error) bool { return errors.Is(err, errLost) }

// AsFailure is the session's answer in an error; nil if the error is of another sort,
// such as a connection that was lost.
func AsFailure(err error) *Failure {
	var f *Failure
	errors.As(err, &f)
	return f
}

// path is /api/{session}/ with the segments.
func (c *Client) path(segments ...string) string {
	path := "/api/" + url.PathEscape(c.session)
	for _, s := range segments {
		path += "/" + url.PathEscape(s)
	}
	return path
}

// call makes a call and decodes its answer, or takes it as it is for a *string. It returns
// the answer's header.
func (c *Client) call(ctx context.Context, method, path string, query url.Values, body, answer any) (http.Header, error) {
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(encoded)
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, content)
	if err != nil {
		return nil, err
	}
	if c.key != "" {
		r.Header.Set("X-Api-Key", c.key)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Accept", "application/json")
	response, err := c.http.Do(r)
	if err != nil {
		return nil, plain(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, plain(ctx, err)
	case len(read) > maxAnswer:
		return nil, fmt.Errorf("the answer is longer than %d bytes: ask for less with --limit", maxAnswer)
	case response.StatusCode/100 != 2:
		return nil, failure(response.StatusCode, read)
	}
	if text, plain := answer.(*string); plain {
		*text = string(read)
		return response.Header, nil
	}
	if err := json.Unmarshal(read, answer); err != nil {
		return nil, fmt.Errorf("the session's answer cannot be read: %w", err)
	}
	return response.Header, nil
}

// plain is an error without the URL, which has chat ids. It is errLost unless repeating
// the call cannot help.
func plain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	var untrusted *tls.CertificateVerificationError
	var unresolved *net.DNSError
	if errors.As(err, &untrusted) || errors.As(err, &unresolved) && unresolved.IsNotFound {
		return fmt.Errorf("%w: check the URL of --gateway", err)
	}
	return fmt.Errorf("%w: %w", errLost, err)
}

// failure reads the bodies of errors that the API has.
func failure(status int, body []byte) error {
	var read struct {
		Message any    `json:"message"`
		Error   any    `json:"error"`
		Status  string `json:"status"`
	}
	f := &Failure{Status: status}
	if json.Unmarshal(body, &read) != nil {
		return f
	}
	f.Phase = read.Status
	for _, said := range []any{read.Message, read.Error} {
		switch said := said.(type) {
		case string:
			f.Text = said
		case []any:
			parts := make([]string, len(said))
			for i, part := range said {
				parts[i] = fmt.Sprint(part)
			}
			f.Text = strings.Join(parts, "; ")
		}
		if f.Text != "" {
			break
		}
	}
	return f
}
