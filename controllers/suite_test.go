package controllers_test

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/wasession/wasession/api/v1alpha1"
)

// The suite runs the operator against a real API server. Nothing else of a
// cluster is there: specs play the kubelet, the volume controller and, as HTTP
// servers that speak the contract, the session pods.

var (
	scheme    = runtime.NewScheme()
	apiServer *envtest.Environment
	// k8s reads and writes the API server directly.
	k8s client.WithWatch
	// operator is the one operator that works on all specs' namespaces.
	operator *operatorProcess
)

func TestOperatorOnAnAPIServer(t *testing.T) {
	if os.Getenv("KUBEBUILDER_ASSETS") == "" {
		t.Fatal("KUBEBUILDER_ASSETS is not set: run 'make test', or KUBEBUILDER_ASSETS=$(hack/assets/envtest.sh) go test ./controllers")
	}
	SetDefaultEventuallyTimeout(20 * time.Second)
	SetDefaultEventuallyPollingInterval(20 * time.Millisecond)
	SetDefaultConsistentlyDuration(500 * time.Millisecond)
	SetDefaultConsistentlyPollingInterval(20 * time.Millisecond)
	RegisterFailHandler(Fail)
	RunSpecs(t, "Operator")
}

var _ = BeforeSuite(func() {
	ctrl.SetLogger(GinkgoLogr)
	Expect(clientgoscheme.AddToScheme(scheme)).To(Succeed())
	Expect(v1alpha1.AddToScheme(scheme)).To(Succeed())

	apiServer = &envtest.Environment{
		Scheme:                scheme,
		CRDDirectoryPaths:     []string{filepath.Join("..", "config", "crd", "bases")},
		ErrorIfCRDPathMissing: true,
	}
	config, err := apiServer.Start()
	Expect(err).NotTo(HaveOccurred())
	stopOnSignal()
	// Specs poll: their client is not held back by a rate limit of its own.
	config.QPS, config.Burst = 1000, 2000

	k8s, err = client.NewWithWatch(config, client.Options{Scheme: scheme})
	Expect(err).NotTo(HaveOccurred())
	operator = &operatorProcess{config: config}
	operator.Start()
})

var _ = AfterSuite(func() {
	if operator != nil {
		operator.Stop()
		Expect(reconcilePanics()).To(BeZero(), "reconciles panicked")
	}
	if apiServer != nil {
		Expect(apiServer.Stop()).To(Succeed())
	}
})

// stopOnSignal keeps etcd and kube-apiserver from outliving a suite that is
// interrupted. Ginkgo itself ends on the same signal.
func stopOnSignal() {
	signals, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	finished := make(chan struct{})
	go func() {
		defer stop()
		select {
		case <-signals.Done():
			_ = apiServer.Stop()
		case <-finished:
		}
	}()
	DeferCleanup(func() { close(finished) })
}
