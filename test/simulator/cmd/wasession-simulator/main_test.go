package main

import (
	"bufio"
	"context"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wasession/wasession/test/simulator/control"
)

// start runs the command and returns the variables that it printed, and a
// function that stops it.
func start(t *testing.T, args ...string) (vars map[string]string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, args, writer, io.Discard)
		_ = writer.Close()
	}()
	vars = make(map[string]string)
	lines := bufio.NewScanner(reader)
	for len(vars) < 2 && lines.Scan() {
		if name, value, ok := strings.Cut(lines.Text(), "="); ok && strings.HasPrefix(name, "WHATSAPP_") {
			vars[name] = value
		} else if !strings.HasPrefix(lines.Text(), "WhatsApp simulator at http://127.0.0.1:") {
			t.Errorf("the command printed %q", lines.Text())
		}
	}
	return vars, func() {
		t.Helper()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	}
}

func TestTheCommandSaysWhereItIs(t *testing.T) {
	vars, stop := start(t)
	defer stop()
	if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(vars["WHATSAPP_ROOT_KEY"]) {
		t.Errorf("root key %q", vars["WHATSAPP_ROOT_KEY"])
	}
	client := control.NewClient(vars["WHATSAPP_ENDPOINT"])
	users, err := client.Users(t.Context())
	if err != nil || len(users) != 51 {
		t.Fatalf("%d accounts, %v; want Alice and 50 people", len(users), err)
	}
	state, err := client.AppState(t.Context(), demoNumber)
	if err != nil || state.View.PushName != "Alice" || state.View.Archived() == 0 {
		t.Errorf("Alice's phone: %+v, %v", state.View.PushName, err)
	}
}

func TestOneSeedMakesOneRootKey(t *testing.T) {
	first, stop := start(t, "--seed", "a", "--fixture", "none")
	stop()
	second, stop := start(t, "--seed", "a", "--fixture", "none")
	stop()
	other, stop := start(t, "--seed", "b", "--fixture", "none")
	stop()
	if first["WHATSAPP_ROOT_KEY"] != second["WHATSAPP_ROOT_KEY"] || first["WHATSAPP_ROOT_KEY"] == other["WHATSAPP_ROOT_KEY"] {
		t.Errorf("keys %v %v %v", first, second, other)
	}
}

func TestTheStateFileKeepsAccounts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	vars, stop := start(t, "--state", file, "--fixture", "none")
	client := control.NewClient(vars["WHATSAPP_ENDPOINT"])
	if _, err := client.AddUser(t.Context(), control.User{Number: "15550007777", Name: "Grace"}); err != nil {
		t.Fatal(err)
	}
	yes := true
	if err := client.ChangeChat(t.Context(), control.ChatChange{User: "15550007777", Chat: "15550008888", Archived: &yes}); err != nil {
		t.Fatal(err)
	}
	stop()
	vars, stop = start(t, "--state", file, "--fixture", "none")
	defer stop()
	client = control.NewClient(vars["WHATSAPP_ENDPOINT"])
	state, err := client.AppState(t.Context(), "15550007777")
	if err != nil || state.View.Archived() != 1 {
		t.Errorf("after a restart: %+v, %v", state.View, err)
	}
}

func TestARestartKeepsWhatHappenedToTheDemo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	vars, stop := start(t, "--state", file)
	client := control.NewClient(vars["WHATSAPP_ENDPOINT"])
	before, err := client.AppState(t.Context(), demoNumber)
	if err != nil {
		t.Fatal(err)
	}
	no := false
	for chat, state := range before.View.Chats {
		if !state.Archived {
			continue
		}
		if err := client.ChangeChat(t.Context(), control.ChatChange{User: demoNumber, Chat: chat, Archived: &no}); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	vars, stop = start(t, "--state", file)
	defer stop()
	after, err := control.NewClient(vars["WHATSAPP_ENDPOINT"]).AppState(t.Context(), demoNumber)
	if err != nil || after.View.Archived() != 0 || len(after.View.Chats) != len(before.View.Chats) {
		t.Errorf("%d chats are archived again, error %v", after.View.Archived(), err)
	}
}

func TestWrongOptionsAreRefused(t *testing.T) {
	for name, args := range map[string][]string{
		"fixture":  {"--fixture", "huge"},
		"argument": {"demo"},
		"option":   {"--no-such"},
		"address":  {"--listen", "nowhere"},
	} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
