package forward

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/gateway/fleet"
)

// Options limit what is forwarded. Zero fields take their defaults.
type Options struct {
	// Sign makes the tokens for pods. Required.
	Sign Sign
	// ConnectTimeout limits connecting to a pod. Defaults to 5 s.
	ConnectTimeout time.Duration
	// AnswerTimeout limits the wait for the head of an answer once the request has
	// been sent. Defaults to 2 min: a call can wait for WhatsApp.
	AnswerTimeout time.Duration
	// StallTimeout limits the time in which a pod takes nothing of a request, or a
	// client nothing of an answer. Defaults to 30 s.
	StallTimeout time.Duration
	// PerPod limits the calls that are with one pod at a time. Defaults to 64.
	PerPod int
	// Port is the port of the runtimes. Defaults to that of the contract.
	Port int
	// Silence is how long a stream of events may bring neither an event nor a ping.
	// Defaults to 75 s: pods ping every 30.
	Silence time.Duration
	// Log receives what goes wrong; required.
	Log *slog.Logger
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	o.ConnectTimeout = cmp.Or(o.ConnectTimeout, 5*time.Second)
	o.AnswerTimeout = cmp.Or(o.AnswerTimeout, 2*time.Minute)
	o.StallTimeout = cmp.Or(o.StallTimeout, 30*time.Second)
	o.PerPod = cmp.Or(o.PerPod, 64)
	o.Silence = cmp.Or(o.Silence, 75*time.Second)
	o.Port = cmp.Or(o.Port, runtimev1.Port)
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Forwarder sends calls to pods.
type Forwarder struct {
	options   Options
	transport *http.Transport
	streams   *http.Transport
	proxy     *httputil.ReverseProxy
	bounds    bounds
	tokens    tokens
}

// New returns a Forwarder. Its owner calls Close.
func New(options Options) *Forwarder {
	o := options.withDefaults()
	f := &Forwarder{
		options: o,
		transport: &http.Transport{
			DialContext:            dialer(o.ConnectTimeout, o.StallTimeout),
			ResponseHeaderTimeout:  o.AnswerTimeout,
			MaxConnsPerHost:        o.PerPod,
			MaxIdleConnsPerHost:    8,
			MaxIdleConns:           2048,
			IdleConnTimeout:        90 * time.Second,
			DisableCompression:     true, // answers pass as they are
			MaxResponseHeaderBytes: 64 << 10,
		},
		streams: streams(o),
		bounds:  bounds{most: o.PerPod, calls: map[types.UID]int{}},
		tokens:  tokens{sign: o.Sign, now: o.Now, kept: map[tokenKey]token{}},
	}
	f.proxy = &httputil.ReverseProxy{
		Rewrite:        f.rewrite,
		Transport:      once{f.transport},
		ModifyResponse: settle,
		ErrorHandler:   f.failed,
		ErrorLog:       slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug),
		BufferPool:     &buffers{},
	}
	return f
}

// Close closes the connections that are not in use.
func (f *Forwarder) Close() { f.transport.CloseIdleConnections() }

// Call is a request to be sent on.
type Call struct {
	Pod fleet.Pod
	// Caller and Action go into the token.
	Caller, Action string
	// Path and Query replace those of the request, Path in its escaped form.
	Path  string
	Query url.Values
	// Fail answers with an error that happened before the answer began.
	Fail func(http.ResponseWriter, *http.Request, error)
}

// Errors that Call.Fail is given. None contains text from the pod.
var (
	// ErrUnreachable: nothing answered at the pod's address, or the connection ended
	// before an answer.
	ErrUnreachable = errors.New("the session's pod is not reachable")
	// ErrTimeout: the pod did not answer in time. It may have done what was asked.
	ErrTimeout = errors.New("the session's pod did not answer in time")
	// ErrBusy: as many calls as may be are with the pod already.
	ErrBusy = errors.New("too many calls are waiting for the session's pod")
	// ErrBody: the caller's body could not be read to its end.
	ErrBody = errBody
)

type callKey struct{}

// underWay is a call with the client that waits for its answer.
type underWay struct {
	Call
	client http.ResponseWriter
}

func underWayOf(r *http.Request) underWay {
	u, _ := r.Context().Value(callKey{}).(underWay)
	return u
}

// Forward sends a request to a pod and its answer to w.
func (f *Forwarder) Forward(w http.ResponseWriter, r *http.Request, call Call) {
	if call.Pod == (fleet.Pod{}) {
		call.Fail(w, r, ErrUnreachable)
		return
	}
	leave, ok := f.bounds.enter(call.Pod.UID)
	if !ok {
		call.Fail(w, r, ErrBusy)
		return
	}
	defer leave()
	r = r.WithContext(context.WithValue(r.Context(), callKey{}, underWay{call, w}))
	f.proxy.ServeHTTP(newPaced(w, f.options.StallTimeout), r)
}

// rewrite makes the pod's request from the client's.
func (f *Forwarder) rewrite(p *httputil.ProxyRequest) {
	call := underWayOf(p.In)
	out := p.Out
	path, err := url.PathUnescape(call.Path)
	if err != nil {
		path = call.Path
	}
	out.URL = &url.URL{
		Scheme: "http", Host: net.JoinHostPort(call.Pod.IP, strconv.Itoa(f.options.Port)),
		Path: path, RawPath: call.Path, RawQuery: call.Query.Encode(),
	}
	out.Host = p.In.Host // file links start with it
	p.SetXForwarded()
	for _, name := range []string{"X-Forwarded-Host", "X-Forwarded-Proto"} {
		if v := p.In.Header.Values(name); len(v) > 0 {
			out.Header[name] = v // a proxy before the gateway knows better
		}
	}
	out.Header.Del("Expect")
	out.Header.Del("Origin") // which pages may call is the gateway's to say
	out.Header.Set("Authorization", "Bearer "+f.tokens.get(call.Pod.UID, call.Caller, []string{call.Action}))
}

// errToken: the pod does not take the gateway's token, because it is another pod than
// the watch says or does not know the gateway's key yet. The caller's key is in order.
var errToken = errors.New("the pod rejects the gateway's token")

// settle lets the pod's headers replace those that the gateway has set already,
// except for what it says about other origins.
func settle(answer *http.Response) error {
	if answer.StatusCode == http.StatusUnauthorized {
		return errToken
	}
	u := underWayOf(answer.Request)
	for name := range answer.Header {
		switch {
		case strings.HasPrefix(name, "Access-Control-"), name == "Vary" && u.client.Header().Get("Vary") != "":
			answer.Header.Del(name)
		default:
			u.client.Header().Del(name)
		}
	}
	return nil
}

// failed answers when the pod did not.
func (f *Forwarder) failed(w http.ResponseWriter, r *http.Request, err error) {
	call := underWayOf(r)
	if r.Context().Err() != nil {
		return // the client has gone
	}
	var timeout net.Error
	var opening *net.OpError
	told := ErrUnreachable
	switch {
	case errors.Is(err, errBody):
		told = ErrBody
	case errors.As(err, &opening) && opening.Op == "dial":
	case errors.As(err, &timeout) && timeout.Timeout():
		told = ErrTimeout
	}
	if errors.Is(err, errToken) {
		f.options.Log.Warn("Pod rejects the gateway's token", "pod", call.Pod.UID)
	}
	f.options.Log.Debug("Call did not reach its pod", "pod", call.Pod.UID, "error", err)
	call.Fail(w, r, told)
}

// buffers are used again for the bodies of answers.
type buffers struct{ pool sync.Pool }

// copyBuffer is the size of what is held of a body that passes, in bytes.
const copyBuffer = 32 << 10

// Get implements httputil.BufferPool.
func (b *buffers) Get() []byte {
	if buffer, ok := b.pool.Get().(*[]byte); ok {
		return *buffer
	}
	return make([]byte, copyBuffer)
}

// Put implements httputil.BufferPool.
func (b *buffers) Put(buffer []byte) { b.pool.Put(&buffer) }
