package app

import (
	"errors"
	"fmt"
	"strings"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/config"
	"github.com/wasession/wasession/runtime/httpapi/auth"
)

// Keys name the source of the API keys: the directory Dir, reloaded when it
// changes, or a single admin key, in Secret or in SecretFile.
type Keys struct{ Secret, SecretFile, Dir string }

// Check reads the keys once and returns an error if there are none. A session
// whose keys are all invalid runs without any: it still receives messages.
func (k Keys) Check() error {
	_, _, err := k.read()
	return err
}

func (k Keys) read() (keys []auth.Key, faults, err error) {
	if k.Dir == "" {
		keys, err = k.single()
		return keys, nil, err
	}
	keys, faults = auth.ReadDir(k.Dir)
	if len(keys) == 0 && faults == nil {
		return nil, nil, fmt.Errorf("--keys-dir: %s contains neither %s nor %s", k.Dir, v1.APIKeyFile, v1.ScopedKeysFile)
	}
	return keys, faults, nil
}

func (k Keys) single() ([]auth.Key, error) {
	secret := k.Secret
	if secret == "" && k.SecretFile != "" {
		var err error
		if secret, err = config.ReadSecret(k.SecretFile); err != nil {
			return nil, fmt.Errorf("%s: %w", v1.EnvAPIKeyFile, err)
		}
	}
	if secret == "" {
		return nil, errors.New("an API key is required: set " + v1.EnvAPIKey + " or " + v1.EnvAPIKeyFile + ", or pass --keys-dir")
	}
	return []auth.Key{auth.Plain(secret)}, nil
}

// reloadKeys loads the keys and reports invalid ones. Keys that are invalid or
// missing are revoked.
func (a *App) reloadKeys() {
	keys, faults, err := a.opts.Keys.read()
	a.keyring.Replace(keys)
	text := ""
	if faults = errors.Join(faults, err); faults != nil {
		text = strings.ReplaceAll(faults.Error(), "\n", "; ")
	}
	if before := a.keyFaults.Swap(&text); before != nil && *before == text {
		return
	}
	if text != "" {
		a.log.Error("Some API keys are invalid and ignored", "valid", len(keys), "error", text)
	}
	a.Session.Changed()
}
