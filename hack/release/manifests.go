package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
)

// installations are the manifests, and the kustomizations that they are rendered from.
var installations = map[string]string{
	"install.yaml":                    "config/default",
	"install-gateway.yaml":            "config/gateway",
	"install-namespaced.yaml":         "config/namespaced",
	"install-namespaced-gateway.yaml": "config/namespaced-gateway",
	"crd.yaml":                        "config/crd",
}

// manifests renders the installations for those who have neither Helm nor kustomize.
func (r *release) manifests(ctx context.Context) error {
	for name, folder := range installations {
		text, err := r.kustomize(ctx, folder)
		if err != nil {
			return fmt.Errorf("rendering %s: %w", folder, err)
		}
		if err := os.WriteFile(r.file(name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// kustomize renders a folder, with the image of the release.
func (r *release) kustomize(ctx context.Context, folder string) ([]byte, error) {
	command := exec.CommandContext(ctx, r.render, "kustomize", folder)
	command.Dir = r.checkout
	var problem bytes.Buffer
	command.Stderr = &problem
	text, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, problem.Bytes())
	}
	return r.withImage(text)
}

var ourImage = regexp.MustCompile(`ghcr\.io/wasession/wasession:[\w.-]+`)

// withImage sets the image of the release in manifests.
func (r *release) withImage(text []byte) ([]byte, error) {
	if !ourImage.Match(text) {
		return nil, fmt.Errorf("no image ghcr.io/wasession/wasession in it")
	}
	return ourImage.ReplaceAllLiteral(text, []byte(r.repository+":"+r.version)), nil
}
