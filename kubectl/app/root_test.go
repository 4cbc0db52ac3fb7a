package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasession/wasession/kubectl/cli"
)

// nowhere is a kubeconfig without a token, of a cluster that does not answer.
const nowhere = `apiVersion: v1
kind: Config
clusters: [{name: a, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: a, user: {}}]
contexts: [{name: a, context: {cluster: a, user: a}}]
current-context: a
`

func TestWrongCommandLinesEndAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(path, []byte(nowhere), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("WASESSION_GATEWAY_KEY", "")
	const gateway = "--gateway=https://wa.example.com"
	for _, c := range []struct {
		args []string
		code cli.Code
		says string
	}{
		{[]string{"chats", "support"}, cli.Failed, "connection refused"},
		{[]string{"chats", "support", "--gateway", "wa.example.com"}, cli.Usage, "must be a URL"},
		{[]string{"chats", "support", gateway, "--direct"}, cli.Usage, "exclude each other"},
		{[]string{"chats", "support", gateway}, cli.Usage, "kubectl create token"},
		{[]string{"chats", "support", gateway, "--token=x", "--as=alice"}, cli.Usage, "--as does not reach the gateway"},
		{[]string{"chats", "support", gateway, "--token=x"}, cli.Failed, "connection refused"},
		{[]string{"chats"}, cli.Usage, "chats --help"},
		{[]string{"talk"}, cli.Usage, "there is no command"},
	} {
		var out, said strings.Builder
		code := Run(t.Context(), "test", append(c.args, "--kubeconfig", path), cli.Streams{Out: &out, Err: &said})
		if code != c.code || !strings.Contains(said.String(), c.says) || out.Len() > 0 {
			t.Errorf("%v ended with %d and %s%s", c.args, code, said.String(), out.String())
		}
	}
}

func TestWithoutAClusterItSaysHowToNameOne(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "none"))
	var said strings.Builder
	code := Run(t.Context(), "test", []string{"list"}, cli.Streams{Out: &said, Err: &said})
	if code != cli.Failed || !strings.Contains(said.String(), "set KUBECONFIG") {
		t.Errorf("it ended with %d and %s", code, said.String())
	}
}
