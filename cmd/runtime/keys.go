package main

import (
	"errors"
	"fmt"
	"log/slog"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/config"
	"github.com/wasession/wasession/runtime/httpapi/auth"
)

// keys reads the API keys from where the options say. There must be one.
func (o options) keys() ([]auth.Key, error) {
	if o.keysDir != "" {
		keys, err := auth.ReadDir(o.keysDir)
		if err != nil {
			return nil, fmt.Errorf("--keys-dir: %w", err)
		}
		if len(keys) == 0 {
			return nil, fmt.Errorf("--keys-dir: %s holds neither %s nor %s", o.keysDir, v1.APIKeyFile, v1.ScopedKeysFile)
		}
		return keys, nil
	}
	secret := o.apiKey
	if secret == "" && o.apiKeyFile != "" {
		var err error
		if secret, err = config.ReadSecret(o.apiKeyFile); err != nil {
			return nil, fmt.Errorf("%s: %w", v1.EnvAPIKeyFile, err)
		}
	}
	if secret == "" {
		return nil, errors.New("an API key is needed: set " + v1.EnvAPIKey + " or " + v1.EnvAPIKeyFile + ", or name --keys-dir")
	}
	return []auth.Key{auth.Plain(secret)}, nil
}

// reloadKeys puts changed keys in force. Keys that cannot be used leave those
// before in force: a half-written file must not lock everybody out.
func reloadKeys(o options, ring *auth.Keyring, log *slog.Logger) func() {
	return func() {
		keys, err := o.keys()
		if err != nil {
			log.Error("The API keys could not be read again; those before stay in force", "error", err)
			return
		}
		ring.Replace(keys)
		log.Debug("The API keys were read again", "keys", len(keys))
	}
}

// reloadToken puts a changed token of the operator in force.
func reloadToken(path string, set func(string), log *slog.Logger) func() {
	return func() {
		token, err := config.ReadSecret(path)
		if err != nil {
			log.Error("The operator's token could not be read again; the one before stays in force", "error", err)
			return
		}
		set(token)
	}
}
