package packaging

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/wasession/wasession/api/v1alpha1"
)

// What is installed works: the real operator, with the arguments of its
// Deployment and only the rights of its roles, becomes leader, creates a
// session's objects, reports status, and removes the objects again, without
// being denied anything.
func TestInstalledOperatorWorks(t *testing.T) {
	binary := buildOperator(t)
	ways := map[string]struct {
		args    []string
		name    string
		session string // one each, because claims that are being deleted stay here
	}{
		"kustomize":           {[]string{"kustomize", "config/default"}, "wasession-operator", "first"},
		"helm":                {[]string{"helm", "charts/wasession"}, "wasession", "second"},
		"helm, one namespace": {[]string{"helm", "charts/wasession", "-set", "watchNamespaces={installed}"}, "wasession", "third"},
		"its own namespace":   {[]string{"kustomize", "config/namespaced"}, "wasession-operator", "fourth"},
	}
	for way, installation := range ways {
		t.Run(way, func(t *testing.T) {
			ensureNamespace(t, "installed")
			all := render(t, installation.args...).in(t, "installed")
			install(t, all)
			deployment := into[appsv1.Deployment](t, all.one(t, "Deployment", installation.name))
			log := startOperator(t, binary, deployment)

			declared := session(t, installation.session, "storage: {claim: {whenDeleted: Delete}}")
			declared.SetNamespace("installed")
			if err := api.Create(t.Context(), declared); err != nil {
				t.Fatal(err)
			}
			await(t, log, &v1alpha1.WhatsAppSessionList{}, "the session's conditions", func(event watch.Event) bool {
				s, ok := event.Object.(*v1alpha1.WhatsAppSession)
				return ok && s.Name == installation.session && meta.FindStatusCondition(s.Status.Conditions, v1alpha1.ConditionReady) != nil
			})
			await(t, log, &corev1.PodList{}, "the session's pod", func(event watch.Event) bool {
				pod, ok := event.Object.(*corev1.Pod)
				return ok && pod.Name == installation.session && event.Type != watch.Deleted
			})
			if err := api.Delete(t.Context(), declared); err != nil {
				t.Fatal(err)
			}
			await(t, log, &v1alpha1.WhatsAppSessionList{}, "the session's end", func(watch.Event) bool {
				err := api.Get(t.Context(), client.ObjectKeyFromObject(declared), &v1alpha1.WhatsAppSession{})
				return apierrors.IsNotFound(err)
			})
			if text := log.String(); strings.Contains(text, "forbidden") || strings.Contains(text, "panic") {
				t.Errorf("the operator was denied something, or worse:\n%s", text)
			}
		})
	}
}

func buildOperator(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "wasession-operator")
	command := exec.Command("go", "build", "-o", binary, "./cmd/operator")
	command.Dir = root
	if _, err := output(command); err != nil {
		t.Fatal(err)
	}
	return binary
}

// install applies objects. Workloads do not start, since only the API server
// runs.
func install(t *testing.T, all objects) {
	t.Helper()
	ensureNamespace(t, "wasession-system")
	for _, object := range all.installed() {
		if slices.Contains([]string{"Namespace", "CustomResourceDefinition"}, object.GetKind()) {
			continue
		}
		err := api.Apply(t.Context(), client.ApplyConfigurationFromUnstructured(object), client.FieldOwner("packaging-test"), client.ForceOwnership)
		if err != nil {
			t.Fatalf("%s %s: %v", object.GetKind(), object.GetName(), err)
		}
		t.Cleanup(func() {
			if err := api.Delete(background(), object); client.IgnoreNotFound(err) != nil {
				t.Errorf("delete %s %s: %v", object.GetKind(), object.GetName(), err)
			}
		})
	}
}

// startOperator runs the Deployment's container as its service account, with
// different ports, until the test ends.
func startOperator(t *testing.T, binary string, deployment *appsv1.Deployment) *logBuffer {
	t.Helper()
	command, log := startCommand(t, binary, deployment.Namespace, &deployment.Spec.Template.Spec,
		"--leader-election-namespace="+deployment.Namespace, "--metrics-bind-address=0", "--health-probe-bind-address=127.0.0.1:0")
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		if err := command.Wait(); err != nil {
			t.Errorf("the operator ended with %v:\n%s", err, log)
		}
	})
	return log
}

// startCommand starts the only container of a pod as its service account, with
// more arguments.
func startCommand(t *testing.T, binary, namespace string, pod *corev1.PodSpec, more ...string) (*exec.Cmd, *logBuffer) {
	t.Helper()
	user, err := environment.AddUser(envtest.User{
		Name:   fmt.Sprintf("system:serviceaccount:%s:%s", namespace, pod.ServiceAccountName),
		Groups: []string{"system:serviceaccounts", "system:serviceaccounts:" + namespace, "system:authenticated"},
	}, cluster)
	if err != nil {
		t.Fatal(err)
	}
	kubeconfig, err := user.KubeConfig()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(path, kubeconfig, 0o600); err != nil {
		t.Fatal(err)
	}
	args := slices.Concat(expanded(pod.Containers[0], namespace), []string{"--kubeconfig=" + path}, more)
	log := &logBuffer{}
	command := exec.Command(binary, args...)
	command.Stderr = log
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	return command, log
}

// expanded are a container's arguments with the name of the pod's namespace in them, as
// the kubelet puts it there.
func expanded(container corev1.Container, namespace string) []string {
	args := slices.Clone(container.Args)
	for _, env := range container.Env {
		if env.ValueFrom == nil || env.ValueFrom.FieldRef == nil || env.ValueFrom.FieldRef.FieldPath != "metadata.namespace" {
			continue
		}
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "$("+env.Name+")", namespace)
		}
	}
	return args
}

// await watches objects of the namespace until an event satisfies the
// condition. If none does, it fails with the operator's log.
func await(t *testing.T, log *logBuffer, list client.ObjectList, what string, satisfies func(watch.Event) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	events, err := api.Watch(ctx, list, client.InNamespace("installed"))
	if err != nil {
		t.Fatal(err)
	}
	defer events.Stop()
	// A watch without a version begins with the existing objects. A deletion
	// before that is checked for once.
	if satisfies(watch.Event{}) {
		return
	}
	for event := range events.ResultChan() {
		if satisfies(event) {
			return
		}
	}
	t.Fatalf("%s did not come within 4 minutes; the operator's log:\n%s", what, log)
}
