package main

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

func TestSaysInOneLineWhatIsWrong(t *testing.T) {
	key := v1.EnvAPIKey + "=k"
	damaged := func(name, content string) func(string) {
		return func(dir string) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name    string
		args    []string
		env     []string
		prepare func(dir string)
		want    string
	}{
		{"no data directory named", []string{"--data="}, []string{key}, nil, "--data is required"},
		{"no key", nil, nil, nil, "an API key is required"},
		{"empty key file", nil, []string{v1.EnvAPIKeyFile + "=/dev/null"}, nil, "/dev/null is empty"},
		{"empty keys directory", []string{"--keys-dir", "."}, nil, nil, "contains neither"},
		{"half an endpoint", nil, []string{key, v1.EnvEndpoint + "=http://127.0.0.1:1"}, nil, "must be set together"},
		{"bad endpoint", nil, []string{key, v1.EnvEndpoint + "=127.0.0.1:1", v1.EnvRootKey + "=" + strings.Repeat("0", 64)}, nil, "must look like http://host:port"},
		{"bad root key", nil, []string{key, v1.EnvEndpoint + "=http://127.0.0.1:1", v1.EnvRootKey + "=00"}, nil, "64 hex characters"},
		{"keys database damaged", nil, []string{key}, damaged("device.db", "this is no database, it is a text"), "device.db"},
		{"chats database damaged", nil, []string{key}, damaged("chats.db", "this is no database, it is a text"), "chats.db"},
		{"data directory is a file", nil, []string{key}, func(dir string) { _ = os.Remove(dir); damaged(".", "")(dir) }, "data directory"},
		{"configuration missing", []string{"--config", "/nowhere/config.json"}, []string{key}, nil, "configuration cannot be read"},
		{"configuration no JSON", []string{"--config", "main.go"}, []string{key}, nil, "configuration is not JSON"},
		{"log format", []string{"--log-format", "xml"}, []string{key}, nil, "text or json"},
		{"bad address", []string{"--listen", "nonsense"}, []string{key}, nil, "--listen"},
		{"bad address for metrics", nil, []string{key, v1.EnvMetricsAddress + "=nonsense"}, nil, "--metrics-listen"},
		{"stray argument", []string{"stray"}, []string{key}, nil, "unexpected argument"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "data")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if c.prepare != nil {
				c.prepare(dir)
			}
			cmd := exec.Command(binary, append([]string{"--data", dir, "--listen", "127.0.0.1:0"}, c.args...)...)
			cmd.Env = c.env
			var stderr strings.Builder
			cmd.Stderr = &stderr
			if err := cmd.Run(); err == nil {
				t.Fatal("it started")
			}
			said := strings.TrimSpace(stderr.String())
			if strings.Contains(said, "\n") || !strings.HasPrefix(said, "wasession-runtime: ") || !strings.Contains(said, c.want) {
				t.Errorf("it said %q, want one line with %q", said, c.want)
			}
		})
	}
}

func TestASecondProcessIsTurnedAway(t *testing.T) {
	w := newWorld(t)
	w.start()
	cmd := exec.Command(binary, "--data", w.dir, "--listen", "127.0.0.1:0")
	cmd.Env = w.env()
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "another runtime") || strings.Count(string(out), "\n") != 1 {
		t.Errorf("it said %q, %v; want one line about the other runtime", out, err)
	}
}

// The files hold the keys of an account: nobody else may read them, whoever may
// look into the data directory.
func TestFilesAreTheOwnersAlone(t *testing.T) {
	w := newWorld(t)
	if err := os.Chmod(w.dir, 0o755); err != nil { //nolint:gosec // what is tested
		t.Fatal(err)
	}
	c := w.start()
	c.pair()
	files := 0
	err := filepath.WalkDir(w.dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || path == w.dir {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %s", path, info.Mode())
		}
		files++
		return err
	})
	if err != nil || files < 3 {
		t.Errorf("%d files, %v", files, err)
	}
}

func TestVersion(t *testing.T) {
	out, err := exec.Command(binary, "--version").Output()
	if err != nil || strings.TrimSpace(string(out)) != "dev" {
		t.Errorf("%q, %v", out, err)
	}
}

func TestServesSoonAndStopsSoon(t *testing.T) {
	w := newWorld(t)
	first := w.start()
	first.pair()
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	c := w.start()
	serving := time.Since(began)
	if status := c.get("/ping", nil); status != http.StatusOK {
		t.Errorf("ping: %d", status)
	}
	c.working()
	began = time.Now()
	if err := c.stop(); err != nil {
		t.Errorf("stopping: %v", err)
	}
	stopping := time.Since(began)
	t.Logf("serving after %s, stopped after %s", serving.Round(time.Millisecond), stopping.Round(time.Millisecond))
	if serving > 10*time.Second || stopping > 10*time.Second {
		t.Errorf("serving after %s, stopped after %s: too slow even for a busy machine", serving, stopping)
	}
}

// An API call ends the process in order, and without an error.
func TestACallStopsTheProcess(t *testing.T) {
	w := newWorld(t)
	c := w.start()
	var answer struct{ Stopping bool }
	if c.post("/api/server/stop", &answer); !answer.Stopping {
		t.Error("the answer does not say that it stops")
	}
	if err := c.ended(); err != nil {
		t.Errorf("the process ended with %v", err)
	}
	w.start() // its directory is free
}
