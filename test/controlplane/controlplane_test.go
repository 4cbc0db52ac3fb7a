package controlplane_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/wasession/wasession/test/controlplane"
)

func TestControlPlane(t *testing.T) {
	assets, err := controlplane.Assets(t.Context(), ".", os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	plane, err := controlplane.Start(controlplane.Options{Assets: assets, ServiceCIDR: "127.96.0.0/16"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plane.Stop(); err != nil {
			t.Error(err)
		}
	})

	t.Run("a written kubeconfig works and is private", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "sub", "kubeconfig")
		if err := controlplane.WriteKubeconfig(plane.Config, path); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("mode of the kubeconfig: %v, %v", info.Mode(), err)
		}
		config, err := clientcmd.BuildConfigFromFlags("", path)
		if err != nil {
			t.Fatal(err)
		}
		client := kubernetes.NewForConfigOrDie(config)
		if _, err := client.CoreV1().Secrets("default").List(t.Context(), metav1.ListOptions{}); err != nil {
			t.Fatal(err)
		}
	})

	t.Run("services get loopback addresses", func(t *testing.T) {
		client := kubernetes.NewForConfigOrDie(plane.Config)
		service, err := client.CoreV1().Services("default").Create(t.Context(), &corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Name: "web"},
			Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 3000}}},
		}, metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(service.Spec.ClusterIP, "127.96.") {
			t.Fatalf("clusterIP %q is not in the requested range", service.Spec.ClusterIP)
		}
	})

	t.Run("a user has no rights but those given", func(t *testing.T) {
		config, err := plane.User("somebody", "people")
		if err != nil {
			t.Fatal(err)
		}
		_, err = kubernetes.NewForConfigOrDie(config).CoreV1().Secrets("default").List(t.Context(), metav1.ListOptions{})
		if !apierrors.IsForbidden(err) {
			t.Fatalf("listing secrets as a user without a role: %v, want forbidden", err)
		}
	})
}

func TestModuleRoot(t *testing.T) {
	root, err := controlplane.ModuleRoot(".")
	if err != nil {
		t.Fatal(err)
	}
	if want, _ := filepath.Abs("../.."); root != want {
		t.Fatalf("module root %s, want %s", root, want)
	}
	if _, err := controlplane.ModuleRoot(t.TempDir()); err == nil || !strings.Contains(err.Error(), "checkout") {
		t.Fatalf("outside a checkout: %v, want an error that says so", err)
	}
}
