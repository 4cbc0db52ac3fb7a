package realnode

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// LoadImage gives the node the images of a file in the format of `docker save`.
func (n *Node) LoadImage(ctx context.Context, file string) error { return loadImage(ctx, file) }

func loadImage(ctx context.Context, file string) error {
	return ctr(ctx, "images", "import", file)
}

// ctr runs containerd's command on this host.
func ctr(ctx context.Context, args ...string) error {
	out, err := exec.CommandContext(ctx, "ctr", append([]string{"--address", socket, "--namespace", "k8s.io"}, args...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ctr %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return nil
}
