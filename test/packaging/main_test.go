// Package packaging checks, against a real API server, that what people apply
// is accepted or refused as documented: sessions, the kustomize bases and the
// Helm chart.
package packaging

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/wasession/wasession/api/v1alpha1"
)

const namespace = "default"

// root is the path from this folder to the checkout.
var root = filepath.Join("..", "..")

// environment, cluster and api are the API server of this run, set only by
// TestMain.
var (
	environment *envtest.Environment
	cluster     *rest.Config
	api         client.WithWatch
)

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	if os.Getenv("KUBEBUILDER_ASSETS") == "" {
		return 1, fmt.Errorf("KUBEBUILDER_ASSETS is not set: run these tests through make, or with KUBEBUILDER_ASSETS=$(hack/assets/envtest.sh)")
	}
	if err := findRenderer(); err != nil {
		return 1, fmt.Errorf("get hack/tools' render command: %w", err)
	}
	monitoring, err := findTool("monitoring-crds")
	if err != nil {
		return 1, fmt.Errorf("get the CRDs of the Prometheus operator: %w", err)
	}
	environment = &envtest.Environment{
		CRDDirectoryPaths:     []string{filepath.Join(root, "config", "crd", "bases"), monitoring},
		ErrorIfCRDPathMissing: true,
		// The machine may be busy.
		ControlPlaneStartTimeout: time.Minute,
		ControlPlaneStopTimeout:  time.Minute,
	}
	// However this ends, no API server is left running: neither after a CRD
	// that it refused, nor after Ctrl-C.
	defer func() {
		if stopErr := environment.Stop(); stopErr != nil && err == nil {
			code, err = 1, fmt.Errorf("stop the API server: %w", stopErr)
		}
	}()
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-interrupted
		_ = environment.Stop()
		os.Exit(1)
	}()
	cluster, err = environment.Start()
	if err != nil {
		return 1, fmt.Errorf("start the API server: %w", err)
	}
	if err := v1alpha1.AddToScheme(scheme.Scheme); err != nil {
		return 1, err
	}
	api, err = client.NewWithWatch(cluster, client.Options{Scheme: scheme.Scheme, FieldValidation: "Strict"})
	if err != nil {
		return 1, err
	}
	return m.Run(), nil
}

func background() context.Context { return context.Background() }
