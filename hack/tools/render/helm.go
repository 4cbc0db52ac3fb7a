package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/strvals"
	"sigs.k8s.io/yaml"
)

// list is a flag that can be given more than once.
type list []string

func (l *list) String() string     { return strings.Join(*l, ",") }
func (l *list) Set(v string) error { *l = append(*l, v); return nil }

// helm writes what `helm template` writes: it merges the values, checks them
// against values.schema.json and renders the templates, with NOTES.txt only if
// asked for.
func helm(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("helm", flag.ContinueOnError)
	release := flags.String("release", "wasession", "name of the release")
	namespace := flags.String("namespace", "wasession-system", "namespace of the release")
	crds := flags.Bool("crds", false, "the chart's crds/ as well")
	notes := flags.Bool("notes", false, "NOTES.txt alone")
	upgrade := flags.Bool("upgrade", false, "as an upgrade, not an installation")
	var files, sets list
	flags.Var(&files, "values", "file of values")
	flags.Var(&sets, "set", "a value, as key=value")
	if len(args) == 0 {
		return errors.New("wants the folder of a chart")
	}
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	loaded, err := loader.Load(args[0])
	if err != nil {
		return err
	}
	given, err := values(files, sets)
	if err != nil {
		return err
	}
	all, err := chartutil.ToRenderValues(loaded, given, chartutil.ReleaseOptions{
		Name: *release, Namespace: *namespace, Revision: 1, IsInstall: !*upgrade, IsUpgrade: *upgrade,
	}, capabilities())
	if err != nil {
		return err
	}
	rendered, err := engine.Engine{Strict: true}.Render(loaded, all)
	if err != nil {
		return err
	}
	if *crds {
		writeCRDs(loaded, out)
	}
	return write(rendered, *notes, out)
}

// capabilities returns those of the Kubernetes version that the project is
// tested with.
func capabilities() *chartutil.Capabilities {
	c := chartutil.DefaultCapabilities.Copy()
	c.KubeVersion = chartutil.KubeVersion{Version: "v1.37.1", Major: "1", Minor: "37"}
	return c
}

// values merges files in order, then single values over them.
func values(files, sets []string) (map[string]any, error) {
	merged := map[string]any{}
	for _, file := range files {
		v, err := chartutil.ReadValuesFile(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		merged = chartutil.MergeTables(v, merged)
	}
	for _, set := range sets {
		if err := strvals.ParseInto(set, merged); err != nil {
			return nil, fmt.Errorf("-set %s: %w", set, err)
		}
	}
	return merged, nil
}

func writeCRDs(c *chart.Chart, out io.Writer) {
	for _, crd := range c.CRDObjects() {
		fmt.Fprintf(out, "---\n# Source: %s\n%s", crd.Filename, crd.File.Data)
	}
}

// write writes the rendered files sorted by name. It leaves out files that
// render to nothing, and fails if one is not YAML.
func write(rendered map[string]string, notes bool, out io.Writer) error {
	names := make([]string, 0, len(rendered))
	for name := range rendered {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		text := strings.TrimSpace(rendered[name])
		if (path.Base(name) == "NOTES.txt") != notes || text == "" {
			continue
		}
		if notes {
			fmt.Fprintln(out, text)
			continue
		}
		for _, document := range strings.Split(text, "\n---") {
			if err := yaml.UnmarshalStrict([]byte(document), &map[string]any{}); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		fmt.Fprintf(out, "---\n# Source: %s\n%s\n", name, strings.TrimPrefix(text, "---\n"))
	}
	return nil
}
