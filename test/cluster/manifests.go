package cluster

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// fieldOwner is kubectl's field owner, which the demo uses too.
const fieldOwner = client.FieldOwner("kubectl")

// ApplyFile applies every object of a YAML file by server-side apply, like
// kubectl apply --server-side -n NAMESPACE.
func ApplyFile(ctx context.Context, c client.Client, namespace, path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	reader := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(content)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		object := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(document, &object.Object); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if len(object.Object) == 0 {
			continue
		}
		if namespaced, err := c.IsObjectNamespaced(object); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		} else if namespaced && object.GetNamespace() == "" {
			object.SetNamespace(namespace)
		}
		if err := c.Apply(ctx, client.ApplyConfigurationFromUnstructured(object), fieldOwner, client.ForceOwnership); err != nil {
			return fmt.Errorf("apply %s: %w", path, err)
		}
	}
}

// ApplyFolder applies the YAML files of a kustomize folder, one by one.
func ApplyFolder(ctx context.Context, c client.Client, namespace, folder string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return err
	}
	for _, file := range files {
		if filepath.Base(file) == "kustomization.yaml" {
			continue
		}
		if err := ApplyFile(ctx, c, namespace, file); err != nil {
			return err
		}
	}
	return nil
}
