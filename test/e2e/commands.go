package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/wasession/wasession/test/realnode"
)

// upgrade runs helm upgrade with the chart of the checkout.
func (l *lab) upgrade(ctx context.Context, tag string) error {
	return l.helm(ctx, append([]string{"upgrade", "wasession", l.chart()}, l.values(tag)...)...)
}

func (l *lab) chart() string { return filepath.Join(l.options.root, "charts", "wasession") }

// helm runs helm on the release.
func (l *lab) helm(ctx context.Context, args ...string) error {
	_, err := l.output(ctx, "helm", l.options.helm, append(args, "--namespace", systemNamespace, "--wait", "--timeout", "3m")...)
	return err
}

// output runs a program as a user of the cluster, and returns what it prints.
func (l *lab) output(ctx context.Context, name, path string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+l.kubeconfig, "HOME="+realnode.Folder())
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

// kubectl runs kubectl.
func (l *lab) kubectl(ctx context.Context, args ...string) (string, error) {
	return l.output(ctx, "kubectl", l.kubectlPath(), args...)
}

func (l *lab) kubectlPath() string { return filepath.Join(l.options.nodeAssets, "kubectl") }
