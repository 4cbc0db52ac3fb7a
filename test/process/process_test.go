package process

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestProcessThatEndsByItself(t *testing.T) {
	failures := make(chan error, 1)
	logs := t.TempDir()
	_, err := Start(logs, "thing", func(err error) { failures <- err }, "/bin/sh", "-c", "echo no luck; exit 3")
	if err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-failures:
		for _, want := range []string{"thing", "exit status 3", "no luck"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("failure %q does not say %q", err, want)
			}
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the failure was not reported")
	}
}

func TestProcessThatIsStopped(t *testing.T) {
	logs := t.TempDir()
	up := filepath.Join(logs, "up")
	c, err := Start(logs, "thing", func(err error) { t.Errorf("an orderly stop was reported as a failure: %v", err) },
		"/bin/sh", "-c", "trap 'echo bye; exit 0' TERM; : >"+up+"; while :; do sleep 0.05; done")
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(up); err == nil {
			break
		}
		select {
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
	for range 2 { // stopping twice is allowed
		if err := c.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	if got := Tail(c.log, 5); got != "bye" {
		t.Errorf("last words %q", got)
	}
}

func TestStartOfNothing(t *testing.T) {
	_, err := Start(t.TempDir(), "thing", nil, filepath.Join(t.TempDir(), "thing"))
	if err == nil || !strings.Contains(err.Error(), "is it built") {
		t.Errorf("error %v, want one that says what to do", err)
	}
}

func TestTail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte("1\n2\n3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for lines, want := range map[int]string{1: "3", 2: "2\n3", 9: "1\n2\n3"} {
		if got := Tail(path, lines); got != want {
			t.Errorf("tail of %d lines: %q, want %q", lines, got, want)
		}
	}
}
