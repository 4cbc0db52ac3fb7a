package realnode

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
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
	if err := WriteImage(pause, PauseImage, n.options.Pause); err != nil {
		return fmt.Errorf("pause image: %w", err)
	}
	for _, image := range append([]string{pause}, n.options.Images...) {
		if err := n.LoadImage(ctx, image); err != nil {
			return err
		}
	}
	return nil
}

// LoadImage gives the node the images of a file in the format of `docker save`.
func (n *Node) LoadImage(ctx context.Context, file string) error {
	return n.ctr(ctx, "images", "import", file)
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
