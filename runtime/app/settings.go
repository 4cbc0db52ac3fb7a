package app

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"net/url"

	"github.com/wasession/wasession/api/addresses"
	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/archive"
	"github.com/wasession/wasession/runtime/config"
	"github.com/wasession/wasession/runtime/delivery"
	"github.com/wasession/wasession/runtime/pacing"
)

// settings are a compiled configuration.
type settings struct {
	config.Loaded
	proxy        *url.URL
	webhooks     []delivery.Webhook
	archive      archive.Policies
	allow        addresses.Allow
	operatorKeys []ed25519.PublicKey
	gatewayKeys  []ed25519.PublicKey
}

// compile validates a configuration. The error names the field.
func compile(loaded config.Loaded) (settings, error) {
	s, c := settings{Loaded: loaded}, loaded.Config
	var err error
	if s.proxy, err = config.ProxyURL(c.Proxy); err != nil {
		return s, err
	}
	if s.archive, err = archive.Compile(c.Archive, c.Groups); err != nil {
		return s, err
	}
	if _, err = pacing.Compile(c.Sending); err != nil {
		return s, err
	}
	if s.webhooks, err = delivery.CompileWebhooks(c.Webhooks); err != nil {
		return s, err
	}
	if s.allow, err = addresses.ParseAllow(c.Egress.Allow); err != nil {
		return s, fmt.Errorf("egress.allow: %w", err)
	}
	if s.operatorKeys, err = publicKeys("operator", c.Operator.Keys); err != nil {
		return s, err
	}
	s.gatewayKeys, err = publicKeys("gateway", c.Gateway.Keys)
	return s, err
}

func publicKeys(of string, texts []string) ([]ed25519.PublicKey, error) {
	keys := make([]ed25519.PublicKey, len(texts))
	for i, text := range texts {
		var err error
		if keys[i], err = v1.DecodePublicKey(text); err != nil {
			return nil, fmt.Errorf("%s.keys[%d] %w", of, i, err)
		}
	}
	return keys, nil
}

// read loads the configuration file, or returns the configuration of a standalone
// runtime.
func (o Options) read() (settings, error) {
	if o.ConfigFile == "" {
		c := v1.Config{Session: o.Session}
		if c.Session == "" {
			c.Session = "default"
		}
		if err := config.Validate(c); err != nil {
			return settings{}, err
		}
		return compile(config.Loaded{Config: c})
	}
	loaded, err := config.Load(o.ConfigFile)
	if err != nil {
		return settings{}, err
	}
	if o.Session != "" {
		loaded.Config.Session = o.Session
	}
	return compile(loaded)
}

// load reads the settings. They cannot rename a running session.
func (a *App) load() (settings, error) {
	s, err := a.opts.read()
	if err == nil && a.name != "" && s.Config.Session != a.name {
		err = errors.New("session cannot be renamed while it runs")
	}
	return s, err
}
