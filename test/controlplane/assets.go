package controlplane

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Assets returns the folder with etcd and kube-apiserver: that of
// KUBEBUILDER_ASSETS, or else what hack/assets/envtest.sh of the module around
// dir finds, downloads or builds. That can take minutes the first time; it
// reports on progress.
func Assets(ctx context.Context, dir string, progress io.Writer) (string, error) {
	if folder := os.Getenv("KUBEBUILDER_ASSETS"); folder != "" {
		return folder, nil
	}
	root, err := ModuleRoot(dir)
	if err != nil {
		return "", err
	}
	script := exec.CommandContext(ctx, filepath.Join(root, "hack", "assets", "envtest.sh"))
	script.Stderr = progress
	out, err := script.Output()
	if err != nil {
		return "", fmt.Errorf("get etcd and kube-apiserver (hack/assets/envtest.sh): %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// ModuleRoot returns the nearest folder at or above dir with both a go.mod and
// hack/assets: the checkout that contains dir.
func ModuleRoot(dir string) (string, error) {
	at, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		if isFile(filepath.Join(at, "go.mod")) && isFile(filepath.Join(at, "hack", "assets", "envtest.sh")) {
			return at, nil
		}
		up := filepath.Dir(at)
		if up == at {
			return "", errors.New("not inside a checkout of wasession: change to its folder first")
		}
		at = up
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
