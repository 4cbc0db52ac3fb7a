package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"sigs.k8s.io/yaml"
)

// chart writes the chart as an archive, and as an OCI layout for registries.
func (r *release) chart(context.Context) error {
	entries, err := r.chartFiles()
	if err != nil {
		return err
	}
	archive, err := tarGzip(entries, r.created)
	if err != nil {
		return err
	}
	if err := os.WriteFile(r.file("wasession-"+r.number()+".tgz"), archive, 0o644); err != nil {
		return err
	}
	var metadata map[string]any
	for _, e := range entries {
		if e.name == "wasession/Chart.yaml" {
			if err := yaml.Unmarshal(e.content, &metadata); err != nil {
				return err
			}
		}
	}
	return r.chartLayout(metadata, archive)
}

// chartFiles are the files of the chart, with Chart.yaml first, where Helm looks for it.
func (r *release) chartFiles() ([]entry, error) {
	folder := r.at("charts", "wasession")
	ignored, err := ignoredBy(filepath.Join(folder, ".helmignore"))
	if err != nil {
		return nil, err
	}
	entries := []entry{{}}
	if err := filepath.WalkDir(folder, func(file string, found fs.DirEntry, err error) error {
		if err != nil || found.IsDir() || ignored(found.Name()) {
			return err
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(folder, file)
		if err != nil {
			return err
		}
		e := entry{name: path.Join("wasession", filepath.ToSlash(relative)), content: content, mode: 0o644}
		if relative != "Chart.yaml" {
			entries = append(entries, e)
			return nil
		}
		e.content, err = r.chartYAML(string(content))
		entries[0] = e
		return err
	}); err != nil {
		return nil, err
	}
	if entries[0].name == "" {
		return nil, fmt.Errorf("%s has no Chart.yaml", folder)
	}
	return entries, nil
}

// ignoredBy reads a .helmignore of patterns of names.
func ignoredBy(file string) (func(name string) bool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	patterns := strings.Fields(string(text))
	return func(name string) bool {
		for _, pattern := range patterns {
			if match, err := path.Match(pattern, name); err == nil && match {
				return true
			}
		}
		return false
	}, nil
}

var chartVersions = regexp.MustCompile(`(?m)^(version|appVersion): .*$`)

// chartYAML is Chart.yaml with the version of the release, and with what Artifact Hub
// wants to know.
func (r *release) chartYAML(text string) ([]byte, error) {
	if found := chartVersions.FindAllString(text, -1); len(found) != 2 {
		return nil, fmt.Errorf("want version and appVersion in Chart.yaml, found %q", found)
	}
	text = chartVersions.ReplaceAllString(text, "${1}: "+r.number())
	annotations, err := r.artifactHub()
	if err != nil {
		return nil, err
	}
	added, err := yaml.Marshal(map[string]any{"annotations": annotations})
	if err != nil {
		return nil, err
	}
	if strings.Contains(text, "\nannotations:") {
		return nil, errors.New("annotations in Chart.yaml are for the release to add: move them to hack/release/hub.go")
	}
	return append([]byte(text), added...), nil
}
