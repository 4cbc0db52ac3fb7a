package main

import (
	"fmt"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// What the image is and how it runs. The Dockerfile says the same; a test compares
// them.
const user = "65532:65532"

var (
	entrypoint  = []string{"/wasession-init", "/wasession-runtime"}
	environment = []string{"ZONEINFO=/zoneinfo.zip"}
	labels      = map[string]string{
		"org.opencontainers.image.title":       "wasession",
		"org.opencontainers.image.description": "WhatsApp sessions on Kubernetes",
		"org.opencontainers.image.source":      "https://github.com/wasession/wasession",
		"org.opencontainers.image.licenses":    "Apache-2.0",
	}
)

// annotations are the labels, and those that differ from build to build.
func annotations(o options) map[string]string {
	all := map[string]string{
		"org.opencontainers.image.version": o.version,
		"org.opencontainers.image.created": o.created.Format(time.RFC3339),
	}
	if o.revision != "" {
		all["org.opencontainers.image.revision"] = o.revision
	}
	for key, value := range labels {
		all[key] = value
	}
	return all
}

// configFile is the configuration of an image, with its layers as they are.
func configFile(o options, platform v1.Platform, image v1.Image) (*v1.ConfigFile, error) {
	config, err := image.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("reading the configuration of the layers: %w", err)
	}
	config = config.DeepCopy()
	config.OS, config.Architecture, config.Variant = platform.OS, platform.Architecture, platform.Variant
	config.Created = v1.Time{Time: o.created}
	config.Config = v1.Config{Entrypoint: entrypoint, Env: environment, User: user, Labels: annotations(o)}
	return config, nil
}
