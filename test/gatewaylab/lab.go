// Package gatewaylab runs gateways for tests: against a real API server, and, where a
// test wants it, with the operator and a node that runs session pods.
package gatewaylab

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"os"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/app"
	"github.com/wasession/wasession/test/controlplane"
)

// Own is the gateway's namespace, and User its service account, with the rights that
// docs/gateway.md names and no more.
const (
	Own  = "wasession-system"
	User = "system:serviceaccount:wasession-system:wasession-gateway"
)

// Lab is an API server that is prepared for gateways.
type Lab struct {
	Plane *controlplane.ControlPlane
	// K8s reads and writes the API server with all rights.
	K8s client.WithWatch
	// TokenKey verifies the gateways' tokens, where no operator has made another key.
	TokenKey ed25519.PublicKey
	// root is the checkout.
	root string
}

// Start starts a lab. Its owner calls Stop.
func Start(ctx context.Context) (*Lab, error) {
	root, err := controlplane.ModuleRoot(".")
	if err != nil {
		return nil, err
	}
	assets, err := controlplane.Assets(ctx, root, os.Stderr)
	if err != nil {
		return nil, err
	}
	plane, err := controlplane.Start(controlplane.Options{
		Assets: assets, ServiceCIDR: "127.93.0.0/16", CRDs: []string{root + "/config/crd/bases"},
	})
	if err != nil {
		return nil, err
	}
	l := &Lab{Plane: plane, root: root}
	if err := l.prepare(ctx); err != nil {
		return nil, fmt.Errorf("preparing the API server: %w (stopping it: %v)", err, plane.Stop())
	}
	return l, nil
}

// Stop ends the lab.
func (l *Lab) Stop() error { return l.Plane.Stop() }

func (l *Lab) prepare(ctx context.Context) error {
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return err
	}
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return err
	}
	l.Plane.Config.QPS = -1
	var err error
	if l.K8s, err = client.NewWithWatch(l.Plane.Config, client.Options{Scheme: scheme}); err != nil {
		return err
	}
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	l.TokenKey = public
	for _, object := range append([]client.Object{
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: Own}},
		// The operator makes it where one runs.
		&corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: Own, Name: app.TokenKeySecret},
			Data:       map[string][]byte{"ed25519-seed": private.Seed()},
		},
	}, rights()...) {
		if err := l.K8s.Create(ctx, object); err != nil {
			return err
		}
	}
	return nil
}

// rights are those of the gateway's user.
func rights() []client.Object {
	meta := metav1.ObjectMeta{Name: "wasession-gateway"}
	local := metav1.ObjectMeta{Name: meta.Name, Namespace: Own}
	subjects := []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: User}}
	return []client.Object{
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
	}
}
