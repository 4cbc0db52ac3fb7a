package app

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/egress"
)

// Every setting takes effect without a restart.
func TestEverySettingIsReloaded(t *testing.T) {
	events := make(chan map[string]any, 1000)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		var e map[string]any
		if json.Unmarshal(raw, &e) == nil {
			events <- e
		}
	}))
	defer receiver.Close()
	w := newWorld(t, v1.Config{})
	a := w.open()
	w.pair(w.alice)
	next := func(change func(*v1.Config)) string {
		t.Helper()
		c := v1.Config{Session: "test"}
		change(&c)
		hash := w.configure(c)
		w.await("the configuration", func() bool { return a.Session.Status().ConfigHash == hash })
		return hash
	}
	webhook := []v1.Webhook{{URL: receiver.URL, Events: []string{"message"}}}

	next(func(c *v1.Config) { c.LogLevel = "debug" })
	if got := w.opts.Level.Level(); got != slog.LevelDebug {
		t.Errorf("the level is %s", got)
	}
	next(func(c *v1.Config) { c.LogLevel = "error" })
	if got := w.opts.Level.Level(); got != slog.LevelError {
		t.Errorf("the level is %s", got)
	}

	next(func(c *v1.Config) { c.Webhooks, c.Metadata = webhook, map[string]string{"team": "crm"} })
	if got := w.opts.Level.Level(); got != slog.LevelInfo {
		t.Errorf("without one the level is %s", got)
	}
	if _, err := w.bob.SendText(w.ctx, w.alice, "hello"); err != nil {
		t.Fatal(err)
	}
	select {
	case e := <-events:
		meta, _ := e["metadata"].(map[string]any)
		me, _ := e["me"].(map[string]any)
		if e["event"] != "message" || e["session"] != "test" || meta["team"] != "crm" || me["id"] != "15550001111@c.us" {
			t.Errorf("the event is %v", e)
		}
	case <-w.ctx.Done():
		t.Fatal("the new webhook gets no event")
	}
	next(func(c *v1.Config) { c.Webhooks = webhook })
	if _, err := w.bob.SendText(w.ctx, w.alice, "again"); err != nil {
		t.Fatal(err)
	}
	if e := <-events; len(e["metadata"].(map[string]any)) != 0 {
		t.Errorf("metadata that was taken away is %v", e["metadata"])
	}

	next(func(c *v1.Config) {
		c.Archive = &v1.Archive{Schedule: "0 3 * * *", Policies: []v1.ArchivePolicy{{Name: "zombies", InactiveSeconds: 86400}}}
	})
	w.await("the time of the next run", func() bool {
		s := a.Session.Status()
		return s.Archive != nil && s.Archive.NextRunTime != nil
	})
	next(func(c *v1.Config) { c.Media = v1.Media{PublicURL: "https://files.example"} })
	m := &chat.Message{Chat: "15550002222@c.us", Stanza: "A", Media: &chat.Media{MIMEType: "image/jpeg"}}
	if got := a.fileURL(m); !strings.HasPrefix(got, "https://files.example/") {
		t.Errorf("a file is at %q", got)
	}
	next(func(c *v1.Config) { c.Media = v1.Media{ServiceURL: "http://test.ns.svc:3000"} })
	if got := a.fileURL(m); !strings.HasPrefix(got, "http://test.ns.svc:3000/") {
		t.Errorf("a file is at %q", got)
	}
	next(func(*v1.Config) {})
	if got := a.fileURL(m); !strings.HasPrefix(got, w.url+"/") {
		t.Errorf("of a standalone runtime a file is at %q", got)
	}

	next(func(c *v1.Config) { c.Pairing.Account = "15550002222" })
	w.phase(v1.PhaseFailed)
	if s := a.Session.Status(); s.Reason != v1.ReasonWrongAccount || !strings.Contains(s.Message, "pairing.account") || !s.Paired {
		t.Errorf("with another account pinned: %+v", s)
	}
	next(func(c *v1.Config) { c.Pairing.Account = "15550001111" })
	w.phase(v1.PhaseWorking)

	next(func(c *v1.Config) { c.Proxy = &v1.Proxy{URL: "http://127.0.0.1:1"} })
	w.await("the loss of the connection", func() bool { return a.Session.Status().Phase == v1.PhaseStarting })
	next(func(*v1.Config) {})
	w.phase(v1.PhaseWorking)
}

// A configuration that cannot be used is reported by its field, and the one
// before stays in use.
func TestAConfigurationThatCannotBeUsed(t *testing.T) {
	w := newWorld(t, v1.Config{Metadata: map[string]string{"n": "1"}})
	a := w.open()
	first := a.Session.Status().ConfigHash
	for _, c := range []struct{ content, want string }{
		{`{"session":"test","logLevel":"loud"}`, "logLevel must be debug, info, warn or error"},
		{`{"session":`, "configuration is not JSON"},
		{`{"session":"other"}`, "session cannot be renamed while it runs"},
		{`{"session":"test","webhooks":[{"url":"https://a.example"}]}`, "webhooks[0].events"},
		{`{"session":"test","autoArchive":{"schedule":"daily"}}`, "autoArchive.schedule"},
		{`{"session":"test","proxy":{"url":"ftp://a"}}`, "proxy.url"},
		{`{"session":"test","egress":{"allow":["nonsense:80"]}}`, "egress.allow"},
		{`{"session":"test","operator":{"keys":["x"]}}`, "operator.keys[0]"},
	} {
		w.write(w.opts.ConfigFile, c.content)
		w.await("the complaint "+c.want, func() bool { return strings.Contains(a.Session.Status().ConfigError, c.want) })
		if s := a.Session.Status(); s.ConfigHash != first || a.config().Metadata["n"] != "1" {
			t.Errorf("after %s in use is %s", c.content, s.ConfigHash)
		}
	}
	hash := w.configure(v1.Config{Session: "test"})
	w.await("a good one", func() bool { s := a.Session.Status(); return s.ConfigHash == hash && s.ConfigError == "" })
	if n := w.log.count("the previous one stays in use"); n < 8 {
		t.Errorf("the log tells of %d invalid configurations", n)
	}
}

// A target that may not be reached is reported; all else is in use.
func TestATargetThatIsForbidden(t *testing.T) {
	w := newWorld(t, v1.Config{})
	w.opts.Egress = egress.Options{}
	a := w.open()
	for field, c := range map[string]v1.Config{
		"webhooks[1].url":           {Webhooks: []v1.Webhook{{URL: "https://a.example", Events: []string{"*"}}, {URL: "http://127.0.0.1/x", Events: []string{"*"}}}},
		"storage.media.s3.endpoint": {Media: v1.Media{S3: &v1.S3{Bucket: "b", Endpoint: "http://169.254.169.254"}}},
		"proxy.url":                 {Proxy: &v1.Proxy{URL: "http://[::1]:3128"}},
	} {
		c.Session, c.Metadata = "test", map[string]string{"field": field}
		hash := w.configure(c)
		w.await("the complaint about "+field, func() bool { return strings.HasPrefix(a.Session.Status().ConfigError, field+": ") })
		if s := a.Session.Status(); s.ConfigHash != hash || a.config().Metadata["field"] != field {
			t.Errorf("%s: in use is %s, want %s", field, s.ConfigHash, hash)
		}
	}
}

func TestTargetsThatAreAllowed(t *testing.T) {
	manifest := egress.New(egress.Options{Loopback: true}).Manifest()
	for name, c := range map[string]v1.Config{
		"none":           {},
		"public ones":    {Webhooks: []v1.Webhook{{URL: "https://a.example"}}, Media: v1.Media{S3: &v1.S3{}}},
		"this machine":   {Webhooks: []v1.Webhook{{URL: "http://127.0.0.1:8080"}}},
		"another's work": {Webhooks: []v1.Webhook{{URL: "://"}}},
	} {
		var s settings
		s.Config = c
		if err := checkTargets(manifest, s); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeysAreReadFromWhereTheyAre(t *testing.T) {
	dir := t.TempDir()
	put := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file, empty := put("key", "from a file\n"), put("empty", "\n")
	keys := t.TempDir()
	if err := os.WriteFile(filepath.Join(keys, v1.APIKeyFile), []byte("from a folder"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, k := range map[string]Keys{"a secret": {Secret: "x"}, "a file": {SecretFile: file}, "a folder": {Dir: keys}, "a secret before a file": {Secret: "x", SecretFile: "/missing"}} {
		if err := k.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for want, k := range map[string]Keys{
		"an API key is required: set " + v1.EnvAPIKey + " or " + v1.EnvAPIKeyFile + ", or pass --keys-dir": {},
		v1.EnvAPIKeyFile + ": ": {SecretFile: empty},
		"--keys-dir: " + dir + " contains neither " + v1.APIKeyFile + " nor " + v1.ScopedKeysFile: {Dir: dir},
	} {
		if err := k.Check(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	// Faulty keys keep no session from running.
	if err := os.WriteFile(filepath.Join(dir, v1.ScopedKeysFile), []byte("no list"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (Keys{Dir: dir}).Check(); err != nil {
		t.Errorf("faulty keys: %v", err)
	}
}

// Keys open the API from the moment they are there to the moment they are gone.
func TestKeysAreReloaded(t *testing.T) {
	w := newWorld(t, v1.Config{})
	dir := t.TempDir()
	w.write(filepath.Join(dir, v1.APIKeyFile), secret)
	w.opts.Keys = Keys{Dir: dir}
	a := w.open()
	w.await("the API", func() bool { return w.get("/api/sessions/test", nil) == http.StatusOK })
	if code := w.call(http.MethodGet, "/api/sessions/test", "guess", nil); code != http.StatusUnauthorized {
		t.Errorf("with another key: %d", code)
	}
	w.write(filepath.Join(dir, v1.APIKeyFile), "second")
	w.await("the second key", func() bool { return w.call(http.MethodGet, "/api/sessions/test", "second", nil) == http.StatusOK })
	if code := w.get("/api/sessions/test", nil); code != http.StatusUnauthorized {
		t.Errorf("with the first key: %d", code)
	}
	w.write(filepath.Join(dir, v1.ScopedKeysFile), "no list")
	w.await("the fault", func() bool { return a.Session.Status().KeysError != "" })
	if s := a.Session.Status(); strings.Contains(s.KeysError, "\n") {
		t.Errorf("the fault is more than a line: %q", s.KeysError)
	}
	for _, name := range []string{v1.ScopedKeysFile, v1.APIKeyFile} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	w.await("no key", func() bool {
		return w.call(http.MethodGet, "/api/sessions/test", "second", nil) == http.StatusUnauthorized
	})
	if code := w.get("/ping", nil); code != http.StatusOK {
		t.Errorf("ping without any key: %d", code)
	}
	w.write(filepath.Join(dir, v1.APIKeyFile), secret)
	w.await("the first key again", func() bool { return w.get("/api/sessions/test", nil) == http.StatusOK })
	w.await("no fault", func() bool { return a.Session.Status().KeysError == "" })
}

func TestMetricsAndMaintenance(t *testing.T) {
	w := newWorld(t, v1.Config{})
	a := w.open()
	w.pair(w.alice)
	old := chat.Message{Chat: "15550002222@c.us", Stanza: "OLD", Type: chat.TypeText, Body: "old", Timestamp: time.Now().Add(-48 * time.Hour).Unix()}
	fresh := chat.Message{Chat: "15550002222@c.us", Stanza: "FRESH", Type: chat.TypeText, Body: "fresh", Timestamp: time.Now().Unix()}
	if err := a.Store.Apply(w.ctx, chat.MessageReceived{Message: old}, chat.MessageReceived{Message: fresh}); err != nil {
		t.Fatal(err)
	}
	a.tidy(w.ctx)
	if _, err := a.Store.Message(w.ctx, old.Chat, "OLD"); err != nil {
		t.Errorf("without an age a message is removed: %v", err)
	}
	hash := w.configure(v1.Config{Session: "test", History: v1.History{RetentionSeconds: 86400}})
	w.await("the age", func() bool { return a.Session.Status().ConfigHash == hash })
	a.relieve(w.ctx)
	if _, err := a.Store.Message(w.ctx, old.Chat, "OLD"); err == nil {
		t.Error("an expired message is there")
	}
	if _, err := a.Store.Message(w.ctx, fresh.Chat, "FRESH"); err != nil {
		t.Errorf("a fresh message is removed: %v", err)
	}
	if room := a.roomForFiles(); room <= 0 {
		t.Errorf("there is room for %d bytes", room)
	}
	families, err := a.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			name := f.GetName()
			for _, l := range m.GetLabel() {
				name += " " + l.GetValue()
			}
			values[name] = m.GetGauge().GetValue()
		}
	}
	for name, want := range map[string]float64{
		"wasession_session_paired": 1, "wasession_session_simulated": 1, "wasession_session_status Connected WORKING": 1,
		"wasession_session_status  FAILED": 0, "wasession_storage_full": 0, "wasession_outbox_dead_letters": 0, "wasession_other_accounts": 0,
	} {
		if got, ok := values[name]; !ok || got != want {
			t.Errorf("%s is %v, %t; want %v", name, got, ok, want)
		}
	}
	for _, name := range []string{"wasession_database_bytes database", "wasession_storage_free_bytes"} {
		if values[name] <= 0 {
			t.Errorf("%s is %v", name, values[name])
		}
	}
	if n, err := (outbox{a.Store, a.delivery}).Replay(w.ctx, "nobody"); n != 0 || err != nil {
		t.Errorf("replayed %d, %v", n, err)
	}
}
