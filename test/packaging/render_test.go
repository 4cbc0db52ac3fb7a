package packaging

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// renderer is the path of hack/tools' render command, set only by TestMain.
var renderer string

func findRenderer() (err error) {
	renderer, err = findTool("render")
	return err
}

// tool returns the path of a developer tool, which is built if need be.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := findTool(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func findTool(name string) (string, error) {
	path, err := output(exec.Command(filepath.Join(root, "hack", "tools", "tools.sh"), name))
	return strings.TrimSpace(string(path)), err
}

// output runs a command; its error contains the command's error output.
func output(command *exec.Cmd) ([]byte, error) {
	var said bytes.Buffer
	command.Stderr = &said
	out, err := command.Output()
	if err != nil {
		err = errors.New(strings.TrimSpace(said.String()))
	}
	return out, err
}

// render runs the renderer in the checkout's root and requires it to succeed.
func render(t *testing.T, args ...string) objects {
	t.Helper()
	all, err := tryRender(args...)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("rendered nothing")
	}
	return all
}

func tryRender(args ...string) (objects, error) {
	command := exec.Command(renderer, args...)
	command.Dir = root
	out, err := output(command)
	if err != nil {
		return nil, err
	}
	return decode(out)
}

// decode decodes YAML documents; a duplicate key is an error.
func decode(text []byte) (objects, error) {
	var all objects
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		object := &unstructured.Unstructured{}
		if err := yaml.UnmarshalStrict(document, &object.Object); err != nil {
			return nil, err
		}
		if len(object.Object) > 0 {
			all = append(all, object)
		}
	}
}

// objects are what was rendered, in order.
type objects []*unstructured.Unstructured

// one returns the only object of a kind with a name.
func (all objects) one(t *testing.T, kind, name string) *unstructured.Unstructured {
	t.Helper()
	for _, object := range all {
		if object.GetKind() == kind && object.GetName() == name {
			return object
		}
	}
	t.Fatalf("no %s %s was rendered, but %s", kind, name, strings.Join(all.names(), ", "))
	return nil
}

// in puts the objects of namespaces that do not say which into one, as `kubectl apply -n`.
func (all objects) in(t *testing.T, namespace string) objects {
	t.Helper()
	for _, object := range all {
		namespaced, err := api.IsObjectNamespaced(object)
		if err != nil {
			t.Fatalf("%s %s: %v", object.GetKind(), object.GetName(), err)
		}
		if namespaced && object.GetNamespace() == "" {
			object.SetNamespace(namespace)
		}
	}
	return all
}

// installed are the objects that an installation creates.
func (all objects) installed() objects {
	return slices.DeleteFunc(slices.Clone(all), func(o *unstructured.Unstructured) bool { return o.GetAnnotations()[helmHook] != "" })
}

// hooks are the objects that Helm creates for a while, at their time.
func (all objects) hooks() objects {
	return slices.DeleteFunc(slices.Clone(all), func(o *unstructured.Unstructured) bool { return o.GetAnnotations()[helmHook] == "" })
}

// helmHook is Helm's annotation of an object that is no part of the release.
const helmHook = "helm.sh/hook"

func (all objects) names() []string {
	names := make([]string, 0, len(all))
	for _, object := range all {
		names = append(names, object.GetKind()+" "+object.GetName())
	}
	return names
}

// into converts an object to its Go type.
func into[T any](t *testing.T, object *unstructured.Unstructured) *T {
	t.Helper()
	typed := new(T)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(object.Object, typed, true); err != nil {
		t.Fatalf("%s %s: %v", object.GetKind(), object.GetName(), err)
	}
	return typed
}

// wantApplicable checks that the API server accepts every object, like `kubectl
// apply --server-side --validate=strict --dry-run=server`.
func wantApplicable(t *testing.T, all objects) {
	t.Helper()
	for _, object := range all {
		if object.GetNamespace() != "" {
			ensureNamespace(t, object.GetNamespace())
		}
		if err := dryRun(t, object); err != nil {
			t.Errorf("%s %s: %v", object.GetKind(), object.GetName(), err)
		}
	}
}

func dryRun(t *testing.T, object *unstructured.Unstructured) error {
	copied := object.DeepCopy()
	if copied.GetNamespace() == "" && copied.GetKind() == "WhatsAppSession" {
		copied.SetNamespace(namespace)
	}
	return api.Apply(t.Context(), client.ApplyConfigurationFromUnstructured(copied), client.DryRunAll, client.FieldOwner("packaging-test"))
}

func ensureNamespace(t *testing.T, name string) {
	t.Helper()
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		Name:   name,
		Labels: map[string]string{"pod-security.kubernetes.io/enforce": "restricted"},
	}}
	if err := api.Create(t.Context(), ns); err != nil && !apierrors.IsAlreadyExists(err) {
		t.Fatal(err)
	}
}

func read(t *testing.T, elements ...string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{root}, elements...)...))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
