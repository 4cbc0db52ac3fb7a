package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

// images lets the tool of "make image" build the image and its bills of materials.
func (r *release) images(ctx context.Context) error {
	command := exec.CommandContext(ctx, r.image, "--checkout", r.checkout, "--version", r.version, "--revision", r.revision,
		"--created", fmt.Sprint(r.created.Unix()), "--repository", r.repository, "--out", r.out)
	command.Stderr = os.Stderr
	return command.Run()
}
