package localnode

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// environment holds the variables of a container's process: the image's, then
// envFrom, then env. Later ones win and may refer to earlier ones.
type environment struct {
	names  []string
	values map[string]string
}

func newEnvironment(base []string) *environment {
	e := &environment{values: map[string]string{}}
	for _, pair := range base {
		name, value, _ := strings.Cut(pair, "=")
		e.set(name, value)
	}
	return e
}

func (e *environment) set(name, value string) {
	if _, known := e.values[name]; !known {
		e.names = append(e.names, name)
	}
	e.values[name] = value
}

// pairs returns the variables as NAME=value, in the order they were set.
func (e *environment) pairs() []string {
	pairs := make([]string, 0, len(e.names))
	for _, name := range e.names {
		pairs = append(pairs, name+"="+e.values[name])
	}
	return pairs
}

// expand replaces $(NAME) with the variable's value and $$ with $. Unknown
// names stay unchanged.
func (e *environment) expand(text string) string {
	var out strings.Builder
	for {
		at := strings.IndexByte(text, '$')
		if at < 0 || at == len(text)-1 {
			return out.String() + text
		}
		out.WriteString(text[:at])
		text = text[at:]
		end := strings.IndexByte(text, ')')
		switch {
		case text[1] == '$':
			out.WriteByte('$')
			text = text[2:]
		case text[1] == '(' && end > 0:
			if value, known := e.values[text[2:end]]; known {
				out.WriteString(value)
			} else {
				out.WriteString(text[:end+1])
			}
			text = text[end+1:]
		default:
			out.WriteByte('$')
			text = text[1:]
		}
	}
}

func (e *environment) expandAll(texts []string) []string {
	expanded := make([]string, 0, len(texts))
	for _, text := range texts {
		expanded = append(expanded, e.expand(text))
	}
	return expanded
}

// containerEnvironment resolves the container's variables. The error names the
// missing object or key.
func containerEnvironment(ctx context.Context, reader client.Reader, pod *corev1.Pod, container *corev1.Container, base []string) (*environment, error) {
	env := newEnvironment(base)
	for _, source := range container.EnvFrom {
		var data map[string]string
		var err error
		switch {
		case source.ConfigMapRef != nil:
			data, err = configMapData(ctx, reader, pod.Namespace, source.ConfigMapRef.Name, ptr.Deref(source.ConfigMapRef.Optional, false))
		case source.SecretRef != nil:
			data, err = secretData(ctx, reader, pod.Namespace, source.SecretRef.Name, ptr.Deref(source.SecretRef.Optional, false))
		}
		if err != nil {
			return nil, err
		}
		for _, name := range sortedKeys(data) {
			env.set(source.Prefix+name, data[name])
		}
	}
	for _, variable := range container.Env {
		if variable.ValueFrom == nil {
			env.set(variable.Name, env.expand(variable.Value))
			continue
		}
		value, found, err := valueFrom(ctx, reader, pod, container, variable.ValueFrom)
		if err != nil {
			return nil, fmt.Errorf("variable %s: %w", variable.Name, err)
		}
		if found {
			env.set(variable.Name, value)
		}
	}
	return env, nil
}

func valueFrom(ctx context.Context, reader client.Reader, pod *corev1.Pod, container *corev1.Container, source *corev1.EnvVarSource) (string, bool, error) {
	switch {
	case source.FieldRef != nil:
		value, err := fieldOf(pod, source.FieldRef.FieldPath)
		return value, true, err
	case source.ResourceFieldRef != nil:
		value, err := resourceOf(container, source.ResourceFieldRef)
		return value, true, err
	case source.ConfigMapKeyRef != nil:
		ref := source.ConfigMapKeyRef
		data, err := configMapData(ctx, reader, pod.Namespace, ref.Name, ptr.Deref(ref.Optional, false))
		return keyOf(data, err, ref.Name, ref.Key, ptr.Deref(ref.Optional, false))
	case source.SecretKeyRef != nil:
		ref := source.SecretKeyRef
		data, err := secretData(ctx, reader, pod.Namespace, ref.Name, ptr.Deref(ref.Optional, false))
		return keyOf(data, err, ref.Name, ref.Key, ptr.Deref(ref.Optional, false))
	}
	return "", false, fmt.Errorf("the local node does not know this source")
}

func keyOf(data map[string]string, err error, object, key string, optional bool) (string, bool, error) {
	if err != nil {
		return "", false, err
	}
	value, found := data[key]
	if !found && !optional {
		return "", false, fmt.Errorf("couldn't find key %s in %s", key, object)
	}
	return value, found, nil
}

// configMapData returns the content of a ConfigMap as text; nothing for a
// missing optional one.
func configMapData(ctx context.Context, reader client.Reader, namespace, name string, optional bool) (map[string]string, error) {
	object := &corev1.ConfigMap{}
	err := reader.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, object)
	if apierrors.IsNotFound(err) && optional {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	data := map[string]string{}
	for key, value := range object.Data {
		data[key] = value
	}
	for key, value := range object.BinaryData {
		data[key] = string(value)
	}
	return data, nil
}

// secretData does the same for a Secret.
func secretData(ctx context.Context, reader client.Reader, namespace, name string, optional bool) (map[string]string, error) {
	object := &corev1.Secret{}
	err := reader.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, object)
	if apierrors.IsNotFound(err) && optional {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	data := map[string]string{}
	for key, value := range object.Data {
		data[key] = string(value)
	}
	return data, nil
}

func sortedKeys(data map[string]string) []string {
	keys := make([]string, 0, len(data))
	for key := range data {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
