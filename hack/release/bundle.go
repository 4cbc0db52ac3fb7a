package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// bundle writes the bundle for the Operator Lifecycle Manager (OLM): what is in
// config/default, said in a ClusterServiceVersion.
func (r *release) bundle(ctx context.Context) error {
	text, err := r.kustomize(ctx, "config/default")
	if err != nil {
		return err
	}
	all, err := objects(text)
	if err != nil {
		return err
	}
	samples, err := r.examples()
	if err != nil {
		return err
	}
	version, err := r.serviceVersion(all, samples)
	if err != nil {
		return err
	}
	files := map[string]any{
		"manifests/wasession.clusterserviceversion.yaml": version,
		"metadata/annotations.yaml":                      map[string]any{"annotations": bundleAnnotations(r.version)},
	}
	for _, one := range all {
		// OLM makes the namespace, the account and its rights by itself.
		if one.kind() == "Service" || one.kind() == "CustomResourceDefinition" || one.kind() == "PodDisruptionBudget" ||
			one.kind() == "ClusterRole" && one.name() != operatorName {
			if metadata, ok := one["metadata"].(map[string]any); ok {
				delete(metadata, "namespace")
			}
			files["manifests/"+one.name()+"."+strings.ToLower(one.kind())+".yaml"] = one
		}
	}
	var entries []entry
	for name, content := range files {
		text, err := yaml.Marshal(content)
		if err != nil {
			return err
		}
		entries = append(entries, entry{name, text, 0o644})
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	packed, err := tarGzip(entries, r.created)
	if err != nil {
		return err
	}
	return os.WriteFile(r.file("wasession-bundle-"+r.number()+".tar.gz"), packed, 0o644)
}

func bundleAnnotations(version string) map[string]string {
	const prefix = "operators.operatorframework.io.bundle."
	channel := "stable"
	if strings.Contains(version, "-") {
		channel = "candidate"
	}
	return map[string]string{
		prefix + "mediatype.v1": "registry+v1", prefix + "manifests.v1": "manifests/", prefix + "metadata.v1": "metadata/",
		prefix + "package.v1": "wasession", prefix + "channels.v1": channel, prefix + "channel.default.v1": "stable",
	}
}

// object is a manifest.
type object map[string]any

func (o object) kind() string { return fmt.Sprint(o["kind"]) }

func (o object) name() string {
	metadata, ok := o["metadata"].(map[string]any)
	if !ok {
		return ""
	}
	return fmt.Sprint(metadata["name"])
}

// objects reads manifests.
func objects(text []byte) ([]object, error) {
	var all []object
	for document := range strings.SplitSeq(string(text), "\n---\n") {
		var one object
		if err := yaml.Unmarshal([]byte(document), &one); err != nil {
			return nil, err
		}
		if len(one) > 0 {
			all = append(all, one)
		}
	}
	return all, nil
}
