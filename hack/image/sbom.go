package main

import (
	"bytes"
	"cmp"
	"debug/buildinfo"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/CycloneDX/cyclonedx-go"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// billOfMaterials lists what is in an image: the commands, and the modules that the
// compiler recorded in them.
func billOfMaterials(o options, platform v1.Platform, image v1.Image, commands []string) ([]byte, error) {
	digest, err := image.Digest()
	if err != nil {
		return nil, err
	}
	modules := map[string]cyclonedx.Component{}
	root := o.repository + "@" + digest.String()
	var uses []cyclonedx.Dependency
	var parts []string
	components := []cyclonedx.Component{}
	for _, path := range commands {
		info, err := buildinfo.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("reading what %s is made of: %w", filepath.Base(path), err)
		}
		name := filepath.Base(path)
		parts = append(parts, name)
		var needs []string
		for _, dep := range info.Deps {
			if dep.Replace != nil {
				dep = dep.Replace
			}
			purl := "pkg:golang/" + dep.Path + "@" + dep.Version
			modules[purl] = cyclonedx.Component{
				BOMRef: purl, Type: cyclonedx.ComponentTypeLibrary, Name: dep.Path, Version: dep.Version, PackageURL: purl,
			}
			needs = append(needs, purl)
		}
		runtime := "pkg:golang/std@" + info.GoVersion[len("go"):]
		modules[runtime] = cyclonedx.Component{
			BOMRef: runtime, Type: cyclonedx.ComponentTypeLibrary, Name: "std", Version: info.GoVersion[len("go"):], PackageURL: runtime,
		}
		needs = append(needs, runtime)
		slices.Sort(needs)
		components = append(components, cyclonedx.Component{BOMRef: name, Type: cyclonedx.ComponentTypeApplication, Name: name, Version: o.version})
		uses = append(uses, cyclonedx.Dependency{Ref: name, Dependencies: &needs})
	}
	for _, module := range modules {
		components = append(components, module)
	}
	slices.SortFunc(components, func(a, b cyclonedx.Component) int { return cmp.Compare(a.BOMRef, b.BOMRef) })
	uses = append(uses, cyclonedx.Dependency{Ref: root, Dependencies: &parts})

	bom := cyclonedx.NewBOM()
	bom.SerialNumber = serial(digest)
	bom.Metadata = &cyclonedx.Metadata{
		Timestamp: o.created.Format(time.RFC3339),
		Component: &cyclonedx.Component{
			BOMRef: root, Type: cyclonedx.ComponentTypeContainer, Name: o.repository, Version: o.version,
			PackageURL: fmt.Sprintf("pkg:oci/wasession@%s?arch=%s&repository_url=%s", digest, platform.Architecture, o.repository),
		},
	}
	bom.Components, bom.Dependencies = &components, &uses
	var out bytes.Buffer
	err = cyclonedx.NewBOMEncoder(&out, cyclonedx.BOMFileFormatJSON).SetPretty(true).Encode(bom)
	return out.Bytes(), err
}

// serial derives a UUID from the image, so that equal images have equal bills.
func serial(digest v1.Hash) string {
	h := digest.Hex
	return fmt.Sprintf("urn:uuid:%s-%s-5%s-8%s-%s", h[0:8], h[8:12], h[13:16], h[17:20], h[20:32])
}
