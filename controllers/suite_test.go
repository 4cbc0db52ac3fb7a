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
	gomegatypes "github.com/onsi/gomega/types"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"github.com/wasession/wasession/api/v1alpha1"
)

// The suite runs the operator against a real API server without the rest of a
// cluster: specs act as the kubelet and the volume controller, and run HTTP servers
// in place of the session pods.

// operatorUser is the operator's user on the API server.
const operatorUser = "operator-under-test"

var (
	scheme    = runtime.NewScheme()
	apiServer *envtest.Environment
	// k8s reads and writes the API server directly.
	k8s client.WithWatch
	// operator is shared by all specs.
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
	Expect(gatewayv1.Install(scheme)).To(Succeed())

	apiServer = &envtest.Environment{
		Scheme:                scheme,
		CRDDirectoryPaths:     []string{filepath.Join("..", "config", "crd", "bases")},
		ErrorIfCRDPathMissing: true,
		// The machine may be busy.
		ControlPlaneStartTimeout: time.Minute,
		ControlPlaneStopTimeout:  time.Minute,
	}
	config, err := apiServer.Start()
	Expect(err).NotTo(HaveOccurred())
	stopOnSignal()
	// No client-side rate limit, as specs poll.
	config.QPS, config.Burst = 1000, 2000

	k8s, err = client.NewWithWatch(config, client.Options{Scheme: scheme})
	Expect(err).NotTo(HaveOccurred())
	grantRole(config)
	addStorageClass()
	operator = &operatorProcess{config: config}
	operator.Start()
})

// defaultClass is the storage class of claims that name none.
const defaultClass = "standard"

// addStorageClass adds a default storage class, and waits until claims get it.
func addStorageClass() {
	GinkgoHelper()
	Expect(k8s.Create(context.Background(), &storagev1.StorageClass{
		ObjectMeta:  metav1.ObjectMeta{Name: defaultClass, Annotations: map[string]string{isDefaultClass: "true"}},
		Provisioner: "example.com/none",
	})).To(Succeed())
	expectDefaultClass(context.Background(), HaveValue(Equal(defaultClass)))
}

// isDefaultClass is the annotation of a default storage class.
const isDefaultClass = "storageclass.kubernetes.io/is-default-class"

// expectDefaultClass waits until a new claim gets a class that matches.
func expectDefaultClass(ctx context.Context, matcher gomegatypes.GomegaMatcher) {
	GinkgoHelper()
	Eventually(func(g Gomega) {
		claim := &corev1.PersistentVolumeClaim{
			ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "probe"},
			Spec: corev1.PersistentVolumeClaimSpec{
				AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
				Resources:   corev1.VolumeResourceRequirements{Requests: storageOf("1Gi")},
			},
		}
		g.Expect(k8s.Create(ctx, claim, client.DryRunAll)).To(Succeed())
		g.Expect(claim.Spec.StorageClassName).To(matcher)
	}).Should(Succeed())
}

// grantRole grants the operator exactly the roles in config/rbac, so that every
// spec proves that they suffice.
func grantRole(config *rest.Config) {
	GinkgoHelper()
	raw, err := os.ReadFile(filepath.Join("..", "config", "rbac", "role.yaml"))
	Expect(err).NotTo(HaveOccurred())
	role := &rbacv1.ClusterRole{}
	Expect(yaml.UnmarshalStrict(raw, role)).To(Succeed())
	Expect(k8s.Create(context.Background(), role)).To(Succeed())
	Expect(k8s.Create(context.Background(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: role.Name},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: operatorUser}},
	})).To(Succeed())
	config.Impersonate = rest.ImpersonationConfig{UserName: operatorUser}
}

var _ = AfterSuite(func() {
	if operator != nil {
		operator.Stop()
		Expect(reconcilePanics()).To(BeZero(), "reconciles panicked")
	}
	if apiServer != nil {
		Expect(apiServer.Stop()).To(Succeed())
	}
})

// stopOnSignal stops etcd and kube-apiserver if the suite is interrupted. Ginkgo
// itself exits on the same signal.
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
