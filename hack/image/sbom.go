package main

import (
	"fmt"

	"github.com/CycloneDX/cyclonedx-go"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/wasession/wasession/hack/image/bill"
)

// billOfMaterials lists what is in an image.
func billOfMaterials(o options, platform v1.Platform, image v1.Image, commands [][]file) ([]byte, error) {
	digest, err := image.Digest()
	if err != nil {
		return nil, err
	}
	var programs []bill.Program
	for _, command := range commands {
		programs = append(programs, bill.Program{Name: command[0].path, Version: o.version, Path: command[0].from})
	}
	return bill.Of(bill.Subject{
		Component: cyclonedx.Component{
			BOMRef: o.repository + "@" + digest.String(), Type: cyclonedx.ComponentTypeContainer, Name: o.repository, Version: o.version,
			PackageURL: fmt.Sprintf("pkg:oci/wasession@%s?arch=%s&repository_url=%s", digest, platform.Architecture, o.repository),
		},
		Created: o.created, Digest: digest.Hex,
	}, programs)
}
