package pod

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/wasession/wasession/gateway/access"
)

// The calls that pages make, as rights: a page offers what its visitor may do.
var (
	ReadChats      = access.Call{Action: access.Read, Verb: "get", Subresource: "chats"}
	ReadMessages   = access.Call{Action: access.Read, Verb: "get", Subresource: "messages"}
	SendMessages   = access.Call{Action: access.Send, Verb: "create", Subresource: "messages"}
	ChangeMessages = access.Call{Action: access.Send, Verb: "update", Subresource: "messages"}
	ChangeChats    = access.Call{Action: access.Send, Verb: "update", Subresource: "chats"}
	Control        = access.Call{Action: access.Control, Verb: "update", Subresource: "control"}
)

// Limits of what is read of an answer, in bytes, and of the time that a call may take.
const (
	maxShort  = 1 << 20
	maxList   = 24 << 20
	readTime  = 20 * time.Second
	writeTime = 2 * time.Minute
)

// Client makes calls of one session, for one person.
type Client struct {
	// API is the gateway's API.
	API http.Handler
	// Session is the session's name in the API.
	Session string
	// Prepare makes a request that person's: credentials, and where it comes from.
	Prepare func(*http.Request)
}

// request is a call of the session's API.
type request struct {
	method, path string
	query        url.Values
	header       http.Header
	body         io.Reader
	contentType  string
}

// api is a path of the session's API. Its parts are escaped.
func (c Client) api(parts ...string) string {
	path := "/api/" + url.PathEscape(c.Session)
	for _, part := range parts {
		path += "/" + url.PathEscape(part)
	}
	return path
}

// ask makes a call. The answer is one of success, and its body is closed by the
// caller; anything else becomes a Problem.
func (c Client) ask(ctx context.Context, q request) (*answer, error) {
	to := q.path
	if len(q.query) > 0 {
		to += "?" + q.query.Encode()
	}
	body := q.body
	if body == nil {
		body = http.NoBody
	}
	ctx, cancel := context.WithCancel(ctx)
	r, err := http.NewRequestWithContext(ctx, q.method, to, body)
	if err != nil {
		cancel()
		return nil, err
	}
	r.RequestURI = to
	if q.header != nil {
		r.Header = q.header
	}
	if r.Header.Get("Accept") == "" {
		r.Header.Set("Accept", "application/json")
	}
	if q.contentType != "" {
		r.Header.Set("Content-Type", q.contentType)
	}
	c.Prepare(r)
	a, err := serve(c.API, r, cancel)
	if err != nil {
		return nil, err
	}
	if a.status >= 300 {
		defer a.Close()
		return nil, problemOf(a)
	}
	return a, nil
}

// get reads an answer into out.
func (c Client) get(ctx context.Context, path string, query url.Values, limit int64, out any) error {
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	return c.read(ctx, request{method: http.MethodGet, path: path, query: query}, limit, out)
}

func (c Client) read(ctx context.Context, q request, limit int64, out any) error {
	a, err := c.ask(ctx, q)
	if err != nil {
		return err
	}
	defer a.Close()
	if out == nil {
		return nil
	}
	return decode(a, limit, out)
}
