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
	a.configure(s)
	a.report(s)
}

// configure gives each part its settings. The channel is closed once webhooks are
// in effect.
func (a *App) configure(s settings) (webhooks <-chan struct{}) {
	c := s.Config
	a.archive.Configure(s.archive)
	a.guard.Configure(s.allow)
	a.operator.SetKeys(s.operatorKeys)
	if a.tokens.SetKeys(s.gatewayKeys) {
		a.keyring.Recheck()
	}
	a.setLevel(c.LogLevel)
	webhooks = a.delivery.Configure(delivery.Settings{
		Webhooks: s.webhooks, MaxEvents: int64(c.Outbox.MaxEvents), MaxBytes: c.Outbox.MaxBytes,
		Retention: time.Duration(c.Outbox.RetentionSeconds) * time.Second,
	})
	a.settings.Store(&s)
	return webhooks
}

// report has the session use the settings, and say so in its status.
func (a *App) report(s settings) {
	untrusted := a.trustBundle()
	a.Session.Configure(s.Config, s.Hash, s.proxy)
	if err := checkTargets(a.guard.Manifest(), s); err != nil {
		a.Session.ConfigRefused(err.Error())
		a.log.Warn("The configuration names a forbidden target", "error", err)
	} else if untrusted != nil {
		a.Session.ConfigRefused(untrusted.Error())
		a.log.Warn("The CA bundle cannot be used", "error", untrusted)
	}
}

// reloadPatience is how long the status waits for new webhooks: once it names the
// configuration, they get every event.
const reloadPatience = 5 * time.Second

// reload applies a changed configuration.
func (a *App) reload() {
	s, ok := a.changed()
	if !ok {
		return
	}
	webhooks := a.configure(s)
	patience := time.NewTimer(reloadPatience)
	defer patience.Stop()
	select {
	case <-webhooks:
	case <-patience.C: // delivery waits for the store and says so
	}
	a.report(s)
	a.log.Info("Configuration reloaded", "hash", s.Hash)
}

// changed loads a changed configuration. An invalid one is reported, and the
// previous one stays in use.
func (a *App) changed() (s settings, ok bool) {
	s, err := a.load()
	if err != nil {
		a.log.Error("The new configuration is invalid; the previous one stays in use", "error", err)
		a.Session.ConfigRefused(err.Error())
	}
	return s, err == nil
}

// catchUp applies what has changed since Open, before the files were watched. Delivery
// does not run yet.
func (a *App) catchUp() {
	if s, ok := a.changed(); ok && s.Hash != a.settings.Load().Hash {
		a.apply(s)
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
