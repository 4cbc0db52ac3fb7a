package main

import (
	"cmp"
	"context"
	"net"
	"net/http"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/delivery"
	"github.com/wasession/wasession/runtime/httpapi"
	"github.com/wasession/wasession/runtime/httpapi/auth"
	"github.com/wasession/wasession/runtime/linkpreview"
	"github.com/wasession/wasession/runtime/store"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// api is everything that the runtime serves.
func (p *process) api(ring *auth.Keyring) *httpapi.API {
	socket := &delivery.Socket{Dispatcher: p.delivery, Session: p.name, Authorize: func(r *http.Request) bool {
		key, ok := ring.Find(auth.Secret(r))
		return ok && key.Allows(p.name, auth.Read)
	}, Changed: ring.Changed}
	return httpapi.New(httpapi.Options{
		Session: p.name, Reader: p.store, Live: p.session, Keys: ring, Files: p.media,
		Intake: p.intake, Previews: linkpreview.New(p.guard.Callers(), whatsapp.Thumbnail),
		Journal: p.store, Outbox: outbox{p.store, p.delivery}, Version: version, Log: p.log,
		AutoArchive: p.archive,
		Config:      func() v1.Config { return p.config.Load().Config },
		Metrics:     metricsHandler(p.registry),
		Mounts:      map[string]http.Handler{"/ws": socket, "/runtime/v1/": p.operator},
	})
}

// outbox is the store, with those who deliver told of what is to be replayed.
type outbox struct {
	*store.Store
	delivery *delivery.Dispatcher
}

// Replay asks for dead letters to be sent again.
func (o outbox) Replay(ctx context.Context, webhook string, ids ...int64) (int, error) {
	n, err := o.Store.Replay(ctx, webhook, ids...)
	if n > 0 {
		o.delivery.Notify()
	}
	return n, err
}

// fileURL is where the media of a message can be had, for events. Without a
// public address it is that of the session's Service, and for a process of its
// own where it listens.
func (p *process) fileURL(m *chat.Message) string {
	c := p.config.Load().Config
	return httpapi.FileURL(c, p.name, cmp.Or(c.Media.ServiceURL, p.opts.address), m)
}

// baseURL is the URL of those who reach a listener from the same machine.
func baseURL(at net.Addr) string {
	tcp, ok := at.(*net.TCPAddr)
	if !ok || tcp.IP.IsUnspecified() {
		_, port, _ := net.SplitHostPort(at.String())
		return "http://" + net.JoinHostPort("localhost", port)
	}
	return "http://" + tcp.String()
}
