package app

import (
	"context"
	"net/http"
	"time"

	"github.com/wasession/wasession/runtime/convert"
	"github.com/wasession/wasession/runtime/delivery"
	"github.com/wasession/wasession/runtime/httpapi"
	"github.com/wasession/wasession/runtime/httpapi/auth"
	"github.com/wasession/wasession/runtime/linkpreview"
	"github.com/wasession/wasession/runtime/store"
	"github.com/wasession/wasession/runtime/whatsapp/compose"
)

// newAPI creates the handler for everything that the runtime serves.
func (a *App) newAPI() *httpapi.API {
	access := auth.Access{Keys: a.keyring, Tokens: a.tokens}
	socket := &delivery.Socket{Dispatcher: a.delivery, Session: a.name, Authorize: func(r *http.Request, opened time.Time) bool {
		key, ok := access.Of(r, opened)
		return ok && key.Allows(a.name, auth.Read)
	}, Changed: a.keyring.Changed}
	return httpapi.New(httpapi.Options{
		Session: a.name, Reader: a.Store, Live: a.Session, Raw: a.rawData, Access: access, Files: a.media,
		Intake: a.intake, Converter: convert.New(convert.Options{}), Previews: linkpreview.New(a.guard.Callers(), compose.Thumbnail),
		Journal: a.Store, Outbox: outbox{a.Store, a.delivery}, Version: a.opts.Version, Log: a.log,
		AutoArchive: a.archive,
		Stop:        a.askToStop,
		Config:      a.config,
		Metrics:     metricsHandler(a.registry),
		Mounts:      map[string]http.Handler{"/ws": socket, "/runtime/v1/": a.operator},
	})
}

// outbox is the store that also wakes the dispatcher after a replay.
type outbox struct {
	*store.Store
	delivery *delivery.Dispatcher
}

// Replay schedules dead letters for another delivery.
func (o outbox) Replay(ctx context.Context, webhook string, ids ...int64) (int, error) {
	n, err := o.Store.Replay(ctx, webhook, ids...)
	if n > 0 {
		o.delivery.Notify()
	}
	return n, err
}
