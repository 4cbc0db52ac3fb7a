package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/fleet"
	"github.com/wasession/wasession/gateway/forward"
	"github.com/wasession/wasession/gateway/history"
)

// historyCaller is who asks sessions for their metrics, in their logs.
const historyCaller = "gateway:history"

// metricsOf asks sessions for their metrics, as calls of clients go to them.
func metricsOf(f *forward.Forwarder) func(context.Context, fleet.Session) (history.Answer, error) {
	return func(ctx context.Context, s fleet.Session) (history.Answer, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, runtimev1.MetricsPath, http.NoBody)
		if err != nil {
			return history.Answer{}, fmt.Errorf("making a request: %w", err)
		}
		var failed error
		answer := &metricsAnswer{header: http.Header{}}
		f.Forward(answer, r, forward.Call{
			Pod: s.Pod, Caller: historyCaller, Action: string(access.Read), Path: runtimev1.MetricsPath,
			Fail: func(_ http.ResponseWriter, _ *http.Request, err error) { failed = err },
		})
		if failed != nil {
			return history.Answer{}, failed
		}
		if answer.status != http.StatusOK {
			return history.Answer{}, fmt.Errorf("the session answered with %d", answer.status)
		}
		return history.Parse(answer.body.Bytes())
	}
}

// metricsAnswer holds an answer.
type metricsAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// maxMetrics limits a session's metrics, in bytes.
const maxMetrics = 1 << 20

var errLongMetrics = errors.New("the session's metrics are too long")

// Header implements http.ResponseWriter.
func (a *metricsAnswer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *metricsAnswer) WriteHeader(status int) {
	if status >= http.StatusOK {
		a.status = status
	}
}

// Write implements http.ResponseWriter.
func (a *metricsAnswer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if a.body.Len()+len(b) > maxMetrics {
		return 0, errLongMetrics
	}
	return a.body.Write(b)
}
