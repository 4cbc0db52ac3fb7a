package gateway

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"os"
	"testing"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/app"
	"github.com/wasession/wasession/test/controlplane"
	"github.com/wasession/wasession/test/localnode/sandbox"
)

// own is the gateway's namespace, and user its service account, with the rights that
// docs/gateway.md names and no more.
const (
	own  = "wasession-system"
	user = "system:serviceaccount:wasession-system:wasession-gateway"
)

var (
	plane *controlplane.ControlPlane
	// k8s reads and writes the API server with all rights.
	k8s client.WithWatch
)

func TestMain(m *testing.M) {
	sandbox.Init()
	ctrl.SetLogger(logr.Discard())
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if err := start(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := plane.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

func start(ctx context.Context) error {
	assets, err := controlplane.Assets(ctx, ".", os.Stderr)
	if err != nil {
		return err
	}
	plane, err = controlplane.Start(controlplane.Options{
		Assets: assets, ServiceCIDR: "127.93.0.0/16", CRDs: []string{"../../config/crd/bases"},
	})
	if err != nil {
		return err
	}
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return err
	}
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return err
	}
	plane.Config.QPS = -1
	if k8s, err = client.NewWithWatch(plane.Config, client.Options{Scheme: scheme}); err != nil {
		return err
	}
	if err := k8s.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: own}}); err != nil {
		return err
	}
	if err := makeTokenKey(ctx); err != nil {
		return err
	}
	return grant(ctx)
}

// tokenKey verifies the gateway's tokens.
var tokenKey ed25519.PublicKey

// makeTokenKey makes the key that signs tokens, as the operator does.
func makeTokenKey(ctx context.Context) error {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	tokenKey = public
	return k8s.Create(ctx, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: own, Name: app.TokenKeySecret},
		Data:       map[string][]byte{"ed25519-seed": private.Seed()},
	})
}

// grant gives the gateway's user its rights.
func grant(ctx context.Context) error {
	meta := metav1.ObjectMeta{Name: "wasession-gateway"}
	subjects := []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: user}}
	local := metav1.ObjectMeta{Name: meta.Name, Namespace: own}
	for _, object := range []client.Object{
		&rbacv1.ClusterRole{ObjectMeta: meta, Rules: []rbacv1.PolicyRule{
			{APIGroups: []string{v1alpha1.GroupVersion.Group}, Resources: []string{v1alpha1.Resource}, Verbs: []string{"get", "list", "watch", "create", "patch", "delete"}},
			{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"create", "patch"}},
			{APIGroups: []string{"authentication.k8s.io"}, Resources: []string{"tokenreviews"}, Verbs: []string{"create"}},
			{APIGroups: []string{"authorization.k8s.io"}, Resources: []string{"subjectaccessreviews"}, Verbs: []string{"create"}},
			{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"list", "watch"}},
		}},
		&rbacv1.ClusterRoleBinding{ObjectMeta: meta, Subjects: subjects, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: meta.Name}},
		&rbacv1.Role{ObjectMeta: local, Rules: []rbacv1.PolicyRule{
			{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"get", "list", "watch", "create", "update", "patch", "delete"}},
		}},
		&rbacv1.RoleBinding{ObjectMeta: local, Subjects: subjects, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: meta.Name}},
	} {
		if err := k8s.Create(ctx, object); err != nil {
			return err
		}
	}
	return nil
}
