package main

import (
	"crypto/ed25519"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// mounts are the files that the operator mounts into a pod.
type mounts struct {
	t            *testing.T
	config, keys string
}

func newMounts(t *testing.T, config string) *mounts {
	t.Helper()
	m := &mounts{t: t, config: t.TempDir(), keys: t.TempDir()}
	m.configure(config)
	m.put(m.keys, v1.APIKeyFile, apiKey)
	return m
}

// operator is the operator's key, and podUID the pod that the runtime believes
// to be in.
var operator = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

const podUID = "pod-a"

// withOperator is a configuration, a JSON object, that names an operator's key.
func withOperator(key ed25519.PrivateKey, config string) string {
	public := v1.EncodePublicKey(ed25519.PublicKey(key[ed25519.SeedSize:]))
	return fmt.Sprintf(`{"operator":{"keys":[%q]},%s`, public, config[1:])
}

func (m *mounts) configure(config string) { m.put(m.config, v1.ConfigFile, config) }

// put replaces a file at once, as a mount does.
func (m *mounts) put(dir, name, content string) {
	m.t.Helper()
	fresh := filepath.Join(m.t.TempDir(), name)
	if err := os.WriteFile(fresh, []byte(content), 0o600); err != nil {
		m.t.Fatal(err)
	}
	if err := os.Rename(fresh, filepath.Join(dir, name)); err != nil {
		m.t.Fatal(err)
	}
}

func (m *mounts) args() []string {
	return []string{"--config", filepath.Join(m.config, v1.ConfigFile), "--keys-dir", m.keys}
}

// status reads the status as the operator does.
func (c *child) status(by ed25519.PrivateKey) (s v1.Status, code int) {
	c.t.Helper()
	bearer := "Bearer " + v1.SignToken(by, podUID, time.Now())
	code = c.get(v1.StatusPath, nil, "Authorization", bearer)
	if code == http.StatusOK {
		c.get(v1.StatusPath, &s, "Authorization", bearer)
	}
	return s, code
}

func TestConfigurationChangesLive(t *testing.T) {
	w := newWorld(t)
	first := withOperator(operator, `{"session":"test","metadata":{"team":"crm"}}`)
	m := newMounts(t, first)
	c := w.start(m.args()...)
	if s, _ := c.status(operator); s.ConfigHash != v1.ConfigHash([]byte(first)) || s.Session != "test" || !s.Simulated {
		t.Fatalf("status %+v", s)
	}

	broken := `{"session":"test","autoArchive":{"schedule":"never","policies":[]}}`
	m.configure(broken)
	c.await("a complaint", func() bool { s, _ := c.status(operator); return s.ConfigError != "" })
	if s, _ := c.status(operator); s.ConfigHash != v1.ConfigHash([]byte(first)) {
		t.Errorf("in force %s, want the configuration before", s.ConfigHash)
	}

	second := withOperator(operator, `{"session":"test","logLevel":"debug","autoArchive":{"schedule":"0 3 * * *","policies":[{"name":"zombies","inactiveSeconds":7776000}]}}`)
	m.configure(second)
	c.await("the second configuration", func() bool {
		s, _ := c.status(operator)
		return s.ConfigHash == v1.ConfigHash([]byte(second)) && s.ConfigError == "" && s.Archive != nil && s.Archive.NextRunTime != nil
	})
	if s, _ := c.status(operator); s.Phase == "" || s.Since.IsZero() {
		t.Errorf("status %+v", s)
	}
}

func TestKeysChangeLive(t *testing.T) {
	w := newWorld(t)
	m := newMounts(t, withOperator(operator, `{"session":"test"}`))
	c := w.start(m.args()...)
	if code := c.get("/api/sessions/test", nil); code != http.StatusOK {
		t.Fatalf("with the key: %d", code)
	}
	m.put(m.keys, v1.APIKeyFile, "another-key")
	c.await("the other key", func() bool { return c.get("/api/sessions/test", nil, "X-Api-Key", "another-key") == http.StatusOK })
	if code := c.get("/api/sessions/test", nil); code != http.StatusUnauthorized {
		t.Errorf("with the key before: %d, want 401", code)
	}
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = 1
	next := ed25519.NewKeyFromSeed(seed)
	m.configure(withOperator(next, `{"session":"test"}`))
	c.await("the operator's other key", func() bool { _, code := c.status(next); return code == http.StatusOK })
	if _, code := c.status(operator); code != http.StatusUnauthorized {
		t.Errorf("with the operator's key before: %d, want 401", code)
	}
}

// A key is revoked although another entry of the list is faulty: its socket is
// closed, and the fault is told of by its number.
func TestRevokedKeysOpenNothingBesideAFaultyEntry(t *testing.T) {
	const entry = `{"id":%q,"key":%[1]q,"isActive":true,"isAdmin":false,"session":"test","actions":{"read":true}}`
	w := newWorld(t)
	m := newMounts(t, withOperator(operator, `{"session":"test"}`))
	m.put(m.keys, v1.ScopedKeysFile, "["+fmt.Sprintf(entry, "old-key")+"]")
	c := w.start(m.args()...)
	conn, _, err := websocket.Dial(w.ctx, strings.Replace(c.url, "http", "ws", 1)+"/ws?x-api-key=old-key", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if code := c.get("/api/sessions/test", nil, "X-Api-Key", "old-key"); code != http.StatusOK {
		t.Fatalf("with the key: %d", code)
	}
	m.put(m.keys, v1.ScopedKeysFile, "["+fmt.Sprintf(entry, "new-key")+`,{"key":"hush","session":5}]`)
	for err == nil {
		_, _, err = conn.Read(w.ctx)
	}
	if websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("the socket of the revoked key: %v", err)
	}
	for key, want := range map[string]int{"old-key": 401, "hush": 401, "new-key": 200, apiKey: 200} {
		if code := c.get("/api/sessions/test", nil, "X-Api-Key", key); code != want {
			t.Errorf("with %s: %d, want %d", key, code, want)
		}
	}
	c.await("the fault", func() bool {
		s, _ := c.status(operator)
		return strings.Contains(s.KeysError, "number 2 must have the form") && !strings.Contains(s.KeysError, "hush")
	})
	m.put(m.keys, v1.ScopedKeysFile, "no list")
	c.await("no scoped key", func() bool { return c.get("/api/sessions/test", nil, "X-Api-Key", "new-key") == 401 })
	if code := c.get("/api/sessions/test", nil); code != http.StatusOK {
		t.Errorf("with the plain key: %d", code)
	}
}

func TestMetricsNeedAKey(t *testing.T) {
	w := newWorld(t)
	c := w.start()
	if code := c.get("/metrics", nil, "X-Api-Key", "nonsense"); code != http.StatusUnauthorized {
		t.Errorf("without a key: %d, want 401", code)
	}
	if code := c.get("/metrics", nil); code != http.StatusOK {
		t.Errorf("with a key: %d", code)
	}
}
