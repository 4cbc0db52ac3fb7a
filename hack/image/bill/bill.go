// Package bill writes bills of materials in CycloneDX: of which programs something
// consists, and of which Go modules they were made.
package bill

import (
	"bytes"
	"cmp"
	"debug/buildinfo"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/CycloneDX/cyclonedx-go"
)

// Program is a program that was built by Go.
type Program struct{ Name, Version, Path string }

// Subject is what a bill is of.
type Subject struct {
	Component cyclonedx.Component // its BOMRef is set
	Created   time.Time
	Digest    string // of the subject, in hex: equal subjects have equal bills
}

// Of is the bill of what consists of programs, in JSON.
func Of(subject Subject, programs []Program) ([]byte, error) {
	modules := map[string]cyclonedx.Component{}
	var uses []cyclonedx.Dependency
	var parts []string
	components := []cyclonedx.Component{}
	for _, program := range programs {
		info, err := buildinfo.ReadFile(program.Path)
		if err != nil {
			return nil, fmt.Errorf("reading what %s is made of: %w", program.Name, err)
		}
		var needs []string
		for _, module := range modulesOf(info) {
			modules[module.BOMRef] = module
			needs = append(needs, module.BOMRef)
		}
		slices.Sort(needs)
		parts = append(parts, program.Name)
		components = append(components, cyclonedx.Component{
			BOMRef: program.Name, Type: cyclonedx.ComponentTypeApplication, Name: program.Name, Version: program.Version,
		})
		uses = append(uses, cyclonedx.Dependency{Ref: program.Name, Dependencies: &needs})
	}
	for _, module := range modules {
		components = append(components, module)
	}
	slices.SortFunc(components, func(a, b cyclonedx.Component) int { return cmp.Compare(a.BOMRef, b.BOMRef) })
	uses = append(uses, cyclonedx.Dependency{Ref: subject.Component.BOMRef, Dependencies: &parts})

	bom := cyclonedx.NewBOM()
	bom.SerialNumber = serial(subject.Digest)
	bom.Metadata = &cyclonedx.Metadata{Timestamp: subject.Created.Format(time.RFC3339), Component: &subject.Component}
	bom.Components, bom.Dependencies = &components, &uses
	var out bytes.Buffer
	err := cyclonedx.NewBOMEncoder(&out, cyclonedx.BOMFileFormatJSON).SetPretty(true).Encode(bom)
	return out.Bytes(), err
}

// modulesOf returns the modules that the compiler recorded, and Go's own.
func modulesOf(info *buildinfo.BuildInfo) []cyclonedx.Component {
	var modules []cyclonedx.Component
	add := func(name, version string) {
		purl := "pkg:golang/" + name + "@" + version
		modules = append(modules, cyclonedx.Component{
			BOMRef: purl, Type: cyclonedx.ComponentTypeLibrary, Name: name, Version: version, PackageURL: purl,
		})
	}
	for _, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		add(module.Path, module.Version)
	}
	add("std", strings.TrimPrefix(info.GoVersion, "go"))
	return modules
}

// serial derives a UUID from a digest.
func serial(hex string) string {
	return fmt.Sprintf("urn:uuid:%s-%s-5%s-8%s-%s", hex[0:8], hex[8:12], hex[13:16], hex[17:20], hex[20:32])
}
