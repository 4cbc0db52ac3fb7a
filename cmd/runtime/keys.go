package main

import (
	"errors"
	"fmt"
	"strings"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/config"
	"github.com/wasession/wasession/runtime/httpapi/auth"
)

// keys reads the API keys from where the options say; faults are about those
// that are left out. Keys that nobody has given are an error. Where all are
// faulty the session runs without: the number is worth more than its API.
func (o options) keys() (keys []auth.Key, faults, err error) {
	if o.keysDir == "" {
		keys, err = o.plainKey()
		return keys, nil, err
	}
	keys, faults = auth.ReadDir(o.keysDir)
	if len(keys) == 0 && faults == nil {
		return nil, nil, fmt.Errorf("--keys-dir: %s holds neither %s nor %s", o.keysDir, v1.APIKeyFile, v1.ScopedKeysFile)
	}
	return keys, faults, nil
}

func (o options) plainKey() ([]auth.Key, error) {
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

// reloadKeys puts changed keys in force. What is faulty, or gone, opens nothing
// from then on: keys are changed to revoke them as much as to add some.
func (p *process) reloadKeys(ring *auth.Keyring) {
	keys, faults, err := p.opts.keys()
	ring.Replace(keys)
	p.keysRead(keys, errors.Join(faults, err))
}

// keysRead reports what is wrong with the keys, if anything is.
func (p *process) keysRead(keys []auth.Key, faults error) {
	text := ""
	if faults != nil {
		text = strings.ReplaceAll(faults.Error(), "\n", "; ")
		p.log.Error("Some API keys are not in force", "inForce", len(keys), "error", text)
	}
	if before := p.keyFaults.Swap(&text); before == nil || *before != text {
		p.session.Changed()
	}
}
