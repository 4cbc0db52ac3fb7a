package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/archive"
	"github.com/wasession/wasession/runtime/config"
	"github.com/wasession/wasession/runtime/delivery"
	"github.com/wasession/wasession/runtime/httpapi/auth"
)

// load reads the configuration, or makes the one of a standalone runtime.
func (p *process) load() (config.Loaded, error) {
	if p.opts.config == "" {
		c := v1.Config{Session: p.opts.session}
		if c.Session == "" {
			c.Session = "default"
		}
		return config.Loaded{Config: c}, config.Validate(c)
	}
	loaded, err := config.Load(p.opts.config, checkArchive, checkWebhooks, checkEgress, checkOperator)
	if err != nil {
		return loaded, err
	}
	if p.opts.session != "" {
		loaded.Config.Session = p.opts.session
	}
	if p.name != "" && loaded.Config.Session != p.name {
		return loaded, errors.New("session cannot be renamed while it runs")
	}
	return loaded, nil
}

// placeWebhooks gives new webhooks their places in the outbox before the session
// has anything to tell.
func (p *process) placeWebhooks(ctx context.Context, c v1.Config) error {
	hooks, err := delivery.CompileWebhooks(c.Webhooks)
	if err != nil {
		return err
	}
	for _, w := range hooks {
		if _, err := p.store.Webhook(ctx, w.Key); err != nil {
			return err
		}
	}
	return nil
}

func checkOperator(c v1.Config) error {
	_, err := publicKeys(c)
	return err
}

// publicKeys are those of the operator.
func publicKeys(c v1.Config) ([]ed25519.PublicKey, error) {
	var keys []ed25519.PublicKey
	for i, text := range c.Operator.Keys {
		key, err := v1.DecodePublicKey(text)
		if err != nil {
			return nil, fmt.Errorf("operator.keys[%d] %w", i, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func checkArchive(c v1.Config) error {
	if _, err := archive.CompileRules(c.Archive, c.Groups); err != nil {
		return err
	}
	if c.Archive == nil || c.Archive.Schedule == "" {
		return nil
	}
	_, err := archive.ParseSchedule(c.Archive.Schedule, c.Archive.TimeZone)
	return err
}

func checkWebhooks(c v1.Config) error {
	_, err := delivery.CompileWebhooks(c.Webhooks)
	return err
}

// apply puts a configuration in force in all parts.
func (p *process) apply(loaded config.Loaded) error {
	c := loaded.Config
	proxy, err := config.ProxyURL(c.Proxy)
	if err != nil {
		return err
	}
	hooks, err := delivery.CompileWebhooks(c.Webhooks)
	if err != nil {
		return err
	}
	if err := p.archive.Configure(c.Archive, c.Groups); err != nil {
		return err
	}
	allow, err := allowed(c)
	if err != nil {
		return err
	}
	p.guard.Configure(allow)
	operatorKeys, err := publicKeys(c)
	if err != nil {
		return err
	}
	p.operator.SetKeys(operatorKeys)
	setLevel(p.level, c.LogLevel)
	p.delivery.Configure(delivery.Settings{
		Webhooks: hooks, MaxEvents: int64(c.Outbox.MaxEvents), MaxBytes: c.Outbox.MaxBytes,
		Retention: time.Duration(c.Outbox.RetentionSeconds) * time.Second,
	})
	p.config.Store(&loaded)
	p.configure(loaded, proxy)
	return nil
}

// configure puts a configuration in force in the session. One that names what
// may not be reached is in force too, and reported as one that is not in order.
func (p *process) configure(loaded config.Loaded, proxy *url.URL) {
	p.session.Configure(loaded.Config, loaded.Hash, proxy)
	if err := checkTargets(p.guard.Manifest(), loaded.Config); err != nil {
		p.session.ConfigRefused(err.Error())
		p.log.Warn("The configuration names a target that may not be reached", "error", err)
	}
}

// reload reads a changed configuration. One that cannot be used is reported,
// and the one before stays in force.
func (p *process) reload() {
	loaded, err := p.load()
	if err == nil {
		err = p.apply(loaded)
	}
	if err != nil {
		p.log.Error("The changed configuration cannot be used; the one before stays in force", "error", err)
		p.session.ConfigRefused(err.Error())
		return
	}
	p.log.Info("Configuration in force", "hash", loaded.Hash)
}

// watch reads files again when they change.
func (p *process) watch(ring *auth.Keyring) (*config.Watcher, error) {
	w, err := config.NewWatcher(p.log)
	if err != nil {
		return nil, err
	}
	if p.opts.config != "" {
		err = errors.Join(err, w.File(p.opts.config, p.reload))
	}
	if p.opts.keysDir != "" {
		err = errors.Join(err, w.Dir(p.opts.keysDir, func() { p.reloadKeys(ring) }))
	}
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// setLevel sets the log level by its name; empty is info.
func setLevel(level *slog.LevelVar, name string) {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "warn": slog.LevelWarn, "error": slog.LevelError}
	level.Set(levels[name])
}
