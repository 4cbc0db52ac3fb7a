package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/accounts"
	"github.com/wasession/wasession/runtime/archive"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/config"
	"github.com/wasession/wasession/runtime/delivery"
	"github.com/wasession/wasession/runtime/egress"
	"github.com/wasession/wasession/runtime/intake"
	"github.com/wasession/wasession/runtime/media"
	"github.com/wasession/wasession/runtime/session"
	"github.com/wasession/wasession/runtime/statusapi"
	"github.com/wasession/wasession/runtime/store"
	"github.com/wasession/wasession/runtime/whatsapp"
	"github.com/wasession/wasession/runtime/wire"

	"github.com/prometheus/client_golang/prometheus"
)

// process is the parts of a running session.
type process struct {
	opts   options
	name   string
	log    *slog.Logger
	level  *slog.LevelVar
	config atomic.Pointer[config.Loaded]
	// keyFaults is what is wrong with the API keys.
	keyFaults atomic.Pointer[string]
	registry  *prometheus.Registry

	guard    *egress.Guard
	store    *store.Store
	session  *session.Session
	media    *media.Library
	intake   *intake.Intake
	delivery *delivery.Dispatcher
	archive  *archive.Engine
	operator *statusapi.API
	// account is whose data is open. otherAccount is told when another account is
	// linked.
	account  accounts.Folder
	claiming sync.Mutex
	// kept is what is kept of other accounts.
	kept         atomic.Pointer[accounts.Kept]
	otherAccount chan struct{}
	// began is when the process was made.
	began time.Time
	// live is the session for those parts that are made before it.
	live atomic.Pointer[session.Session]
	// opened says that all parts are there.
	opened atomic.Bool
}

// open opens the parts, from the store upwards.
func open(ctx context.Context, o options, level *slog.LevelVar, log *slog.Logger) (*process, error) {
	p := &process{opts: o, level: level, log: log, registry: newRegistry(), guard: egress.New(o.egress), otherAccount: make(chan struct{}, 1), began: time.Now()}
	loaded, err := p.load()
	if err != nil {
		return nil, err
	}
	p.config.Store(&loaded)
	p.name = loaded.Config.Session
	setLevel(level, loaded.Config.LogLevel)
	proxy, err := config.ProxyURL(loaded.Config.Proxy)
	if err != nil {
		return nil, err
	}
	if err := p.chooseAccount(ctx); err != nil {
		return nil, err
	}
	p.store, err = store.Open(ctx, p.inAccount("chats.db"), store.Options{
		Encode: p.encoder().Payload, Logger: log, Steady: p.steady, OnCommit: func() { p.delivery.Notify() },
	})
	if err != nil {
		return nil, err
	}
	p.delivery = delivery.New(delivery.Options{
		Outbox: p.store, Envelope: p.envelope, Logger: log, Metrics: delivery.NewMetrics(p.registry),
		Egress: p.guard.Manifest(),
	})
	if err := p.placeWebhooks(ctx, loaded.Config); err != nil {
		return nil, errors.Join(err, p.store.Close())
	}
	p.session, err = session.Open(ctx, session.Options{
		Name: p.name, Dir: o.data, AccountDir: p.account.Path, Store: p.store, Logger: log, Version: version, Endpoint: o.endpoint,
		Claim: p.claim, OtherAccount: p.otherLinked,
		Config: loaded.Config, Hash: loaded.Hash, Proxy: proxy, DialProxy: p.guard.Manifest().Dial,
		Relieve: p.relieve,
	})
	if err != nil {
		return nil, errors.Join(explain(err, o), p.store.Close())
	}
	p.live.Store(p.session)
	if err := p.openRest(); err != nil {
		return nil, errors.Join(err, p.session.Close(), p.store.Close())
	}
	return p, nil
}

// openRest opens what stands on the session.
func (p *process) openRest() (err error) {
	p.media, err = media.Open(media.Options{
		Dir: p.inAccount("media"), Session: p.name, Index: p.store, Log: p.log, Now: p.steady, Fetch: p.session.Download,
		Client: p.guard.Manifest().Direct(), Room: p.roomForFiles,
		Config: func() v1.Media { return p.config.Load().Config.Media },
	})
	if err != nil {
		return err
	}
	p.intake, err = intake.Open(intake.Options{Dir: p.opts.path("outgoing"), Egress: p.guard.Callers()})
	if err != nil {
		return err
	}
	p.archive = archive.New(archive.Options{
		Chats: p.store, Journal: p.store, Account: session.Archiver{Session: p.session},
		Logger: p.log, OnChange: p.session.Changed, Metrics: archive.NewMetrics(p.registry),
	})
	p.session.Amend(func(s *v1.Status) {
		status, groups := p.archive.Status()
		s.Archive = status
		for _, id := range groups[:min(len(groups), mostUnknownGroups)] {
			s.UnknownGroups = append(s.UnknownGroups, string(id))
		}
	})
	p.session.Amend(func(s *v1.Status) {
		if faults := p.keyFaults.Load(); faults != nil {
			s.KeysError = *faults
		}
	})
	p.operator = statusapi.New(statusapi.Options{
		Session: p.session, Logger: p.log, PodUID: p.opts.podUID,
		RunArchive: func(ctx context.Context, id string) error {
			_, err := p.archive.Request(ctx, id, false)
			return err
		},
	})
	p.opened.Store(true)
	p.registry.MustRegister(newFigures(p.session, p.store, p.opts.data, p.kept.Load))
	return p.apply(*p.config.Load())
}

// mostUnknownGroups bounds the groups in a status report.
const mostUnknownGroups = 50

// close ends the parts, the store last: by then everything is committed.
func (p *process) close() error {
	p.media.Close()
	return errors.Join(p.session.Close(), p.store.Close())
}

// explain gives errors of the start the words of the command line.
func explain(err error, o options) error {
	if errors.Is(err, whatsapp.ErrEndpointMismatch) {
		return fmt.Errorf("%w than %s: use the endpoint it was paired with, or another data directory", err, endpointName(o.endpoint))
	}
	return err
}

func endpointName(e *whatsapp.Endpoint) string {
	if e == nil {
		return "WhatsApp"
	}
	return e.URL.String()
}

// encoder makes the payloads of events.
func (p *process) encoder() wire.Encoder {
	return wire.Encoder{Raw: func(m chat.Message) any {
		if s := p.live.Load(); s != nil {
			return s.RawData(m)
		}
		return whatsapp.RawMessage(m)
	}, FileURL: p.fileURL}
}

// envelope makes the body of an event.
func (p *process) envelope(e chat.StoredEvent) ([]byte, error) {
	out := wire.Envelope{
		ID: e.ID, Timestamp: e.At.UnixMilli(), Event: e.Name, Session: p.name,
		Metadata: p.config.Load().Config.Metadata, Payload: e.Payload,
		Engine: wire.EngineName, Environment: wire.NewEnvironment(version),
	}
	if out.Metadata == nil {
		out.Metadata = map[string]string{}
	}
	if s := p.live.Load(); s != nil {
		out.Me = wire.NewMe(s.Status().Me)
	}
	return json.Marshal(out)
}
