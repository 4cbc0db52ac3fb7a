package app

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/accounts"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/session"
	"github.com/wasession/wasession/runtime/store"
	"github.com/wasession/wasession/runtime/volume"
)

// figures collects a session's own metrics on each scrape.
type figures struct {
	session *session.Session
	store   *store.Store
	dir     string
	kept    func() *accounts.Kept

	phase, paired, simulated, messages, limited, waiting, chats, history, database, outbox, outboxAge, deadLetters, pending, lastMessage, crashed, storageFree, storageFull, keptAccounts, keptBytes *prometheus.Desc
}

func newFigures(s *session.Session, st *store.Store, dir string, kept func() *accounts.Kept) *figures {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("wasession_"+name, help, labels, nil)
	}
	return &figures{
		session: s, store: st, dir: dir, kept: kept,
		phase:        desc("session_status", "1 for the current status of the session, 0 for the others.", "status", "reason"),
		paired:       desc("session_paired", "Whether the session is linked to an account."),
		simulated:    desc("session_simulated", "Whether the session is connected to a simulator instead of WhatsApp."),
		messages:     desc("messages_total", "Messages since the session's process began, without those of the history, by direction: in or out.", "direction"),
		limited:      desc("session_rate_limited_total", "What WhatsApp refused since the session's process began because the account does it too often: request, messages among them, or login.", "what"),
		waiting:      desc("messages_waiting", "Messages that wait to be sent because of the limits of spec.sending."),
		chats:        desc("chats", "Chats by state.", "state"),
		history:      desc("history_parts", "Parts of the phone's history by state.", "state"),
		database:     desc("database_bytes", "Size of the chats database.", "file"),
		outbox:       desc("outbox_events", "Events in the outbox, including delivered ones within their retention."),
		outboxAge:    desc("outbox_oldest_seconds", "Age of the oldest event in the outbox."),
		deadLetters:  desc("outbox_dead_letters", "Events that could not be delivered."),
		pending:      desc("webhook_pending_events", "Events that wait for their webhooks, those that are being tried included."),
		lastMessage:  desc("last_message_timestamp_seconds", "Time of the newest message, Unix seconds; 0 for none."),
		crashed:      desc("session_crashed_timestamp_seconds", "When the session's process last crashed and was started again in its pod, Unix seconds; 0 for never."),
		storageFree:  desc("storage_free_bytes", "Free space on the volume of the data directory."),
		storageFull:  desc("storage_full", "Whether the volume is full, so that nothing is received."),
		keptAccounts: desc("other_accounts", "Other accounts whose data is kept on the volume."),
		keptBytes:    desc("other_accounts_bytes", "Size of the data kept of other accounts."),
	}
}

// Describe implements prometheus.Collector.
func (f *figures) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		f.phase, f.paired, f.simulated, f.messages, f.limited, f.waiting, f.chats, f.history, f.database, f.outbox, f.outboxAge, f.deadLetters, f.pending,
		f.lastMessage, f.crashed, f.storageFree, f.storageFull, f.keptAccounts, f.keptBytes,
	} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (f *figures) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	status := f.session.Status()
	for _, p := range []v1.Phase{v1.PhaseStopped, v1.PhaseStarting, v1.PhaseScanQRCode, v1.PhasePasskeyRequired,
		v1.PhasePasskeyConfirmation, v1.PhaseWorking, v1.PhaseFailed} {
		if p == status.Phase {
			gauge(f.phase, 1, string(p), string(status.Reason))
			continue
		}
		gauge(f.phase, 0, string(p), "")
	}
	gauge(f.paired, number(status.Paired))
	gauge(f.simulated, number(status.Simulated))
	received, sent := f.session.Traffic()
	ch <- prometheus.MustNewConstMetric(f.messages, prometheus.CounterValue, float64(received), "in")
	ch <- prometheus.MustNewConstMetric(f.messages, prometheus.CounterValue, float64(sent), "out")
	requests, logins := f.session.Limited()
	ch <- prometheus.MustNewConstMetric(f.limited, prometheus.CounterValue, float64(requests), "request")
	ch <- prometheus.MustNewConstMetric(f.limited, prometheus.CounterValue, float64(logins), "login")
	gauge(f.chats, float64(status.Chats.Total), "all")
	gauge(f.chats, float64(status.Chats.Archived), "archived")
	gauge(f.chats, float64(status.Chats.Unread), "unread")
	gauge(f.history, float64(status.History.Pending), "pending")
	gauge(f.history, float64(status.History.Imported), "imported")
	if room, err := volume.Read(f.dir); err == nil {
		gauge(f.storageFree, float64(room.Free))
	}
	crashed := 0.0
	if at := status.CrashedAt; at != nil {
		crashed = float64(at.Unix())
	}
	gauge(f.crashed, crashed)
	gauge(f.storageFull, number(status.Storage != nil && status.Storage.Full))
	if kept := f.kept(); kept != nil {
		gauge(f.keptAccounts, float64(kept.Accounts))
		gauge(f.keptBytes, float64(kept.Bytes))
	}
	sizes := f.store.Stats()
	gauge(f.database, float64(sizes.Database), "database")
	gauge(f.database, float64(sizes.WAL), "wal")

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	waiting, err := f.store.CountWaiting(ctx)
	if err != nil {
		return
	}
	gauge(f.waiting, float64(waiting))
	outbox, err := f.store.OutboxStats(ctx)
	if err != nil {
		return
	}
	gauge(f.outbox, float64(outbox.Events))
	gauge(f.deadLetters, float64(outbox.DeadLetters))
	pending := int64(0)
	for _, events := range outbox.Pending {
		pending += events
	}
	gauge(f.pending, float64(pending))
	age := 0.0
	if !outbox.Oldest.IsZero() {
		age = time.Since(outbox.Oldest).Seconds()
	}
	gauge(f.outboxAge, age)
	newest, err := f.store.Chats(ctx, chat.ChatQuery{Limit: 1})
	if err != nil {
		return
	}
	last := int64(0)
	for _, c := range newest {
		last = c.Timestamp
	}
	gauge(f.lastMessage, float64(last))
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// newRegistry returns a registry with the metrics of the process.
func newRegistry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewGoCollector(),
	)
	return r
}

// metrics serves the metrics and nothing else, to whoever reaches it.
func (a *App) metrics() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+v1.MetricsPath, metricsHandler(a.registry))
	return mux
}

func metricsHandler(r *prometheus.Registry) http.Handler {
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{Timeout: 10 * time.Second})
}
