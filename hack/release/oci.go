package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/wasession/wasession/hack/image/archive"
)

// The media types of Helm's charts in registries.
const (
	chartConfigType = types.MediaType("application/vnd.cncf.helm.config.v1+json")
	chartLayerType  = types.MediaType("application/vnd.cncf.helm.chart.content.v1.tar+gzip")
)

// chartLayout writes the chart as an OCI layout, as "helm push" puts it into a registry.
func (r *release) chartLayout(metadata map[string]any, content []byte) error {
	config, err := json.Marshal(metadata)
	if err != nil {
		return err
	}
	made := &artifact{config: config, layer: static.NewLayer(content, chartLayerType)}
	if made.manifest, err = made.describe(map[string]string{
		"org.opencontainers.image.title":       fmt.Sprint(metadata["name"]),
		"org.opencontainers.image.description": fmt.Sprint(metadata["description"]),
		"org.opencontainers.image.version":     r.number(),
		"org.opencontainers.image.created":     r.created.Format(time.RFC3339),
		"org.opencontainers.image.revision":    r.revision,
	}); err != nil {
		return err
	}
	image, err := partial.CompressedToImage(made)
	if err != nil {
		return err
	}
	return archive.Layout(r.file("wasession-chart-"+r.number()+"-oci.tar"), r.created, func(path layout.Path) error {
		return path.AppendImage(image, layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": r.number()}))
	})
}

// artifact is a manifest with a configuration of its own type and one layer.
type artifact struct {
	config, manifest []byte
	layer            v1.Layer
}

func (a *artifact) describe(annotations map[string]string) ([]byte, error) {
	layer, err := partial.Descriptor(a.layer)
	if err != nil {
		return nil, err
	}
	digest, size, err := v1.SHA256(bytes.NewReader(a.config))
	if err != nil {
		return nil, err
	}
	return json.Marshal(v1.Manifest{
		SchemaVersion: 2, MediaType: types.OCIManifestSchema1, Annotations: annotations,
		Config: v1.Descriptor{MediaType: chartConfigType, Digest: digest, Size: size},
		Layers: []v1.Descriptor{*layer},
	})
}

func (a *artifact) MediaType() (types.MediaType, error)                    { return types.OCIManifestSchema1, nil }
func (a *artifact) RawConfigFile() ([]byte, error)                         { return a.config, nil }
func (a *artifact) RawManifest() ([]byte, error)                           { return a.manifest, nil }
func (a *artifact) LayerByDigest(v1.Hash) (partial.CompressedLayer, error) { return a.layer, nil }
