package realnode

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// startContainerd starts containerd with the images of the node.
func (n *Node) startContainerd(ctx context.Context) error {
	program, err := exec.LookPath("containerd")
	if err != nil {
		return err
	}
	if err := n.launch(program, "--config", n.files.of("containerd.toml")); err != nil {
		return err
	}
	if err := poll(ctx, func() error { return n.ctr(ctx, "version") }); err != nil {
		return fmt.Errorf("containerd does not answer: %w", err)
	}
	pause := n.files.of("pause.tar")
	if err := writePause(n.options.Pause, pause); err != nil {
		return fmt.Errorf("pause image: %w", err)
	}
	for _, image := range append([]string{pause}, n.options.Images...) {
		if err := n.ctr(ctx, "images", "import", image); err != nil {
			return err
		}
	}
	return nil
}

// TagImage gives an image of the node another name.
func (n *Node) TagImage(ctx context.Context, image, other string) error {
	return n.ctr(ctx, "images", "tag", image, other)
}

func (n *Node) ctr(ctx context.Context, args ...string) error {
	out, err := exec.CommandContext(ctx, "ctr", append([]string{"--address", socket, "--namespace", "k8s.io"}, args...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ctr %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return nil
}

// writePause writes an image with this static program alone, in the format of
// `docker save`.
func writePause(program, target string) error {
	content, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	var layer bytes.Buffer
	if err := writeTar(&layer, entry{"pause", content, 0o755}); err != nil {
		return err
	}
	sum := sha256.Sum256(layer.Bytes())
	config, err := json.Marshal(map[string]any{
		"architecture": runtime.GOARCH, "os": "linux",
		"config": map[string]any{"Entrypoint": []string{"/pause"}, "User": "65535:65535"},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{"sha256:" + hex.EncodeToString(sum[:])}},
	})
	if err != nil {
		return err
	}
	manifest, err := json.Marshal([]any{map[string]any{"Config": "config.json", "RepoTags": []string{PauseImage}, "Layers": []string{"layer.tar"}}})
	if err != nil {
		return err
	}
	var image bytes.Buffer
	if err := writeTar(&image, entry{"manifest.json", manifest, 0o644}, entry{"config.json", config, 0o644}, entry{"layer.tar", layer.Bytes(), 0o644}); err != nil {
		return err
	}
	return os.WriteFile(target, image.Bytes(), 0o600)
}

// entry is a file of an archive.
type entry struct {
	name    string
	content []byte
	mode    int64
}

func writeTar(buffer *bytes.Buffer, entries ...entry) error {
	archive := tar.NewWriter(buffer)
	for _, e := range entries {
		if err := archive.WriteHeader(&tar.Header{Name: e.name, Mode: e.mode, Size: int64(len(e.content))}); err != nil {
			return err
		}
		if _, err := archive.Write(e.content); err != nil {
			return err
		}
	}
	return archive.Close()
}
