package app

import (
	"errors"
	"log/slog"
	"time"

	"github.com/wasession/wasession/runtime/config"
	"github.com/wasession/wasession/runtime/delivery"
)

// apply applies settings to all parts. Settings with a forbidden target are
// reported but applied too: one bad webhook must not stop the session.
func (a *App) apply(s settings) {
	c := s.Config
	a.archive.Configure(s.archive)
	a.guard.Configure(s.allow)
	a.operator.SetKeys(s.operatorKeys)
	if a.tokens.SetKeys(s.gatewayKeys) {
		a.keyring.Recheck()
	}
	a.setLevel(c.LogLevel)
	a.delivery.Configure(delivery.Settings{
		Webhooks: s.webhooks, MaxEvents: int64(c.Outbox.MaxEvents), MaxBytes: c.Outbox.MaxBytes,
		Retention: time.Duration(c.Outbox.RetentionSeconds) * time.Second,
	})
	a.settings.Store(&s)
	untrusted := a.trustBundle()
	a.Session.Configure(c, s.Hash, s.proxy)
	if err := checkTargets(a.guard.Manifest(), s); err != nil {
		a.Session.ConfigRefused(err.Error())
		a.log.Warn("The configuration names a forbidden target", "error", err)
	} else if untrusted != nil {
		a.Session.ConfigRefused(untrusted.Error())
		a.log.Warn("The CA bundle cannot be used", "error", untrusted)
	}
}

// reload loads a changed configuration. An invalid one is reported, and the
// previous one stays in use.
func (a *App) reload() {
	s, err := a.load()
	if err != nil {
		a.log.Error("The new configuration is invalid; the previous one stays in use", "error", err)
		a.Session.ConfigRefused(err.Error())
		return
	}
	a.apply(s)
	a.log.Info("Configuration reloaded", "hash", s.Hash)
}

// catchUp loads what has changed since Open, before the files were watched.
func (a *App) catchUp() {
	if s, err := a.load(); err != nil || s.Hash != a.settings.Load().Hash {
		a.reload()
	}
	a.reloadKeys()
}

// watch reloads files when they change.
func (a *App) watch() (*config.Watcher, error) {
	w, err := config.NewWatcher(a.log)
	if err != nil {
		return nil, err
	}
	if a.opts.ConfigFile != "" {
		err = errors.Join(err, w.File(a.opts.ConfigFile, a.reload))
	}
	if a.opts.CABundle != "" {
		err = errors.Join(err, w.File(a.opts.CABundle, a.reload))
	}
	if a.opts.Keys.Dir != "" {
		err = errors.Join(err, w.Dir(a.opts.Keys.Dir, a.reloadKeys))
	}
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// setLevel sets the log level by name; empty means info.
func (a *App) setLevel(name string) {
	if a.opts.Level == nil {
		return
	}
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "warn": slog.LevelWarn, "error": slog.LevelError}
	a.opts.Level.Set(levels[name])
}
