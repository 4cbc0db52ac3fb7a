package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/wasession/wasession/hack/image/archive"
)

// billType is the media type of a bill of materials.
const billType = types.MediaType("application/vnd.cyclonedx+json")

// write writes the archives and the bills of materials.
func write(o options, images []platformImage) error {
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	reference, err := name.NewTag(o.repository + ":" + o.version)
	if err != nil {
		return err
	}
	for _, image := range images {
		base := filepath.Join(o.out, fmt.Sprintf("wasession-%s-%s", o.version, image.suffix()))
		if err := tarball.WriteToFile(base+".tar", reference, image.image); err != nil {
			return fmt.Errorf("writing an archive: %w", err)
		}
		if err := os.WriteFile(base+".cdx.json", image.bill, 0o644); err != nil {
			return err
		}
		size, err := compressed(image.image)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "image: %s.tar, %.1f MB compressed\n", base, float64(size)/1e6)
		if err := checkSize(size); err != nil {
			return fmt.Errorf("%s.tar: %w", base, err)
		}
	}
	all := filepath.Join(o.out, fmt.Sprintf("wasession-%s-oci.tar", o.version))
	if err := writeLayout(o, images, all); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "image: %s, %s for all platforms\n", all, reference)
	return nil
}

// mostCompressed is how much of an image may be fetched, in bytes, on one platform.
const mostCompressed = 30_000_000

func checkSize(size int64) error {
	if size > mostCompressed {
		return fmt.Errorf("%.1f MB compressed are more than %d MB: docs/image.md says how to see where they are", float64(size)/1e6, mostCompressed/1_000_000)
	}
	return nil
}

// compressed is how much of an image is fetched, in bytes.
func compressed(image v1.Image) (sum int64, err error) {
	layers, err := image.Layers()
	for _, layer := range layers {
		size, err := layer.Size()
		if err != nil {
			return 0, err
		}
		sum += size
	}
	return sum, err
}

// writeLayout writes an OCI layout of all platforms as a tar.
func writeLayout(o options, images []platformImage, file string) error {
	index, err := indexOf(o, images)
	if err != nil {
		return err
	}
	return archive.Layout(file, o.created, func(path layout.Path) error {
		if err := path.AppendIndex(index, layout.WithAnnotations(map[string]string{
			"org.opencontainers.image.ref.name": o.version, "io.containerd.image.name": o.repository + ":" + o.version,
		})); err != nil {
			return err
		}
		for _, image := range images {
			bill, err := billImage(image)
			if err != nil {
				return err
			}
			if err := path.AppendImage(bill); err != nil {
				return err
			}
		}
		return nil
	})
}

// indexOf is the image of all platforms.
func indexOf(o options, images []platformImage) (v1.ImageIndex, error) {
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, image := range images {
		platform := image.platform
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image.image, Descriptor: v1.Descriptor{Platform: &platform}})
	}
	annotated, ok := mutate.Annotations(index, annotations(o)).(v1.ImageIndex)
	if !ok {
		return nil, fmt.Errorf("annotating an index gave a %T", annotated)
	}
	return annotated, nil
}

// billImage is the bill of materials as an OCI artifact that refers to its image.
func billImage(image platformImage) (v1.Image, error) {
	subject, err := partial.Descriptor(image.image)
	if err != nil {
		return nil, err
	}
	artifact := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), billType)
	artifact, err = mutate.AppendLayers(artifact, static.NewLayer(image.bill, billType))
	if err != nil {
		return nil, err
	}
	referring, ok := mutate.Subject(artifact, *subject).(v1.Image)
	if !ok {
		return nil, fmt.Errorf("an image that refers to another became a %T", referring)
	}
	return referring, nil
}

// push pushes the image of all platforms and the bills of materials.
func push(ctx context.Context, o options, images []platformImage) error {
	reference, err := name.NewTag(o.repository + ":" + o.version)
	if err != nil {
		return err
	}
	as := []remote.Option{remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain)}
	index, err := indexOf(o, images)
	if err != nil {
		return err
	}
	if err := remote.WriteIndex(reference, index, as...); err != nil {
		return fmt.Errorf("pushing %s: %w", reference, err)
	}
	for _, image := range images {
		bill, err := billImage(image)
		if err != nil {
			return err
		}
		digest, err := bill.Digest()
		if err != nil {
			return err
		}
		if err := remote.Write(reference.Context().Digest(digest.String()), bill, as...); err != nil {
			return fmt.Errorf("pushing a bill of materials: %w", err)
		}
	}
	digest, err := index.Digest()
	if err != nil {
		return err
	}
	fmt.Printf("%s@%s\n", reference.Context(), digest) // for what signs it
	return nil
}
