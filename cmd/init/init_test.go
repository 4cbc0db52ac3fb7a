package main

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// run supervises a script, which finds the file of its runs in $RUNS and adds a line to
// it at each start.
func run(t *testing.T, script string) (code, runs int, log string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "runs")
	t.Setenv("RUNS", file)
	var out bytes.Buffer
	code, err := supervise([]string{"/bin/sh", "-c", "echo >>$RUNS; n=$(wc -l <$RUNS); " + script}, slog.New(slog.NewTextHandler(&out, nil)))
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return code, bytes.Count(content, []byte("\n")), out.String()
}

func TestACrashIsForgiven(t *testing.T) {
	for what, crash := range map[string]string{"a signal": "kill -KILL $$", "a panic": "exit 2"} {
		code, runs, log := run(t, "[ $n -lt 3 ] || exit 0; "+crash)
		if code != 0 || runs != 3 || strings.Count(log, "is started again") != 2 {
			t.Errorf("after %s: code %d, %d runs:\n%s", what, code, runs, log)
		}
	}
}

// The program hears of its crash, which nobody else has seen.
func TestACrashIsTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "told")
	t.Setenv("TOLD", file)
	began := time.Now()
	run(t, `echo "$WASESSION_CRASHED_AT" >>$TOLD; [ $n -lt 2 ] || exit 0; exit 2`)
	told, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(told), "\n")
	at, err := time.Parse(time.RFC3339Nano, lines[1])
	if lines[0] != "" || err != nil || at.Before(began) || at.After(time.Now()) {
		t.Errorf("told %q, %v", told, err)
	}
}

func TestACrashLoopIsKubelets(t *testing.T) {
	code, runs, log := run(t, "kill -SEGV $$")
	if code != 128+int(syscall.SIGSEGV) || runs != forgiven+1 || !strings.Contains(log, "again and again") {
		t.Errorf("code %d, %d runs:\n%s", code, runs, log)
	}
}

func TestAnErrorIsPassedOn(t *testing.T) {
	for _, want := range []int{0, 1, 3} {
		if code, runs, _ := run(t, "exit "+strconv.Itoa(want)); code != want || runs != 1 {
			t.Errorf("code %d, want %d, after %d runs", code, want, runs)
		}
	}
}

func TestAProgramThatIsStoppedStaysStopped(t *testing.T) {
	// It asks for its own end, as kubelet does, and does not end well.
	code, runs, _ := run(t, "trap 'kill -KILL $$' TERM; kill -TERM $PPID; while :; do sleep 0.01; done")
	if code != 128+int(syscall.SIGKILL) || runs != 1 {
		t.Errorf("code %d, %d runs", code, runs)
	}
	if code, _, _ := run(t, "trap 'exit 7' TERM; kill -TERM $PPID; while :; do sleep 0.01; done"); code != 7 {
		t.Errorf("code %d", code)
	}
}

// What a program has started does not outlive it: its next run would meet it.
func TestTheProgramsChildrenEndWithIt(t *testing.T) {
	for _, name := range []string{"HELD", "UP"} {
		pipe := filepath.Join(t.TempDir(), name)
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv(name, pipe)
	}
	held, err := os.OpenFile(os.Getenv("HELD"), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Close() }()
	if code, _, _ := run(t, "(exec 3>$HELD; echo >$UP; exec sleep 600) & read line <$UP; exit 0"); code != 0 {
		t.Fatalf("code %d", code)
	}
	if err := held.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	// A pipe is at its end when nobody holds the other side any more.
	if _, err := io.ReadAll(held); err != nil {
		t.Errorf("a child of the program still runs: %v", err)
	}
}

func TestForgivingHasAWindow(t *testing.T) {
	var c crashes
	now := time.Now()
	for range forgiven {
		if !c.forgive(now) {
			t.Fatal("a first crash was not forgiven")
		}
	}
	if c.forgive(now.Add(window - time.Second)) {
		t.Error("too many crashes were forgiven")
	}
	if !c.forgive(now.Add(window)) {
		t.Error("old crashes count")
	}
}

func TestKillsForMemory(t *testing.T) {
	folder := t.TempDir()
	if n := memoryKills(folder); n != 0 {
		t.Errorf("without a control group: %d", n)
	}
	if err := os.WriteFile(filepath.Join(folder, "memory.events"), []byte("low 0\noom 3\noom_kill 2\noom_group_kill 0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n := memoryKills(folder); n != 2 {
		t.Errorf("%d kills, want 2", n)
	}
}

func TestAProgramThatDoesNotExist(t *testing.T) {
	code, err := supervise([]string{filepath.Join(t.TempDir(), "nothing")}, slog.New(slog.DiscardHandler))
	if code != notStarted || err == nil {
		t.Errorf("code %d, %v", code, err)
	}
}
