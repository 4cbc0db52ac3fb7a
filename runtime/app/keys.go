package app

import (
	"errors"
	"fmt"
	"strings"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/config"
	"github.com/wasession/wasession/runtime/httpapi/auth"
)

// Keys say where the API keys are: in the folder Dir, read again when it
// changes, or one key that opens everything, as Secret or in SecretFile.
type Keys struct{ Secret, SecretFile, Dir string }

// Check reads the keys once. Having no key at all is an error; faults are about
// those that are left out. A session whose keys are all faulty runs without: the
// number is worth more than its API.
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
		return nil, nil, fmt.Errorf("--keys-dir: %s holds neither %s nor %s", k.Dir, v1.APIKeyFile, v1.ScopedKeysFile)
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

// reloadKeys puts changed keys in force and reports the faulty ones. What is
// faulty, or gone, opens nothing from then on: keys are changed to revoke them as
// much as to add some.
func (a *App) reloadKeys() {
	keys, faults, err := a.opts.Keys.read()
	a.keyring.Replace(keys)
	text := ""
	if faults = errors.Join(faults, err); faults != nil {
		text = strings.ReplaceAll(faults.Error(), "\n", "; ")
		a.log.Error("Some API keys are not in force", "inForce", len(keys), "error", text)
	}
	if before := a.keyFaults.Swap(&text); before == nil || *before != text {
		a.Session.Changed()
	}
}
