package realnode

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/test/cluster"
)

const dnsImage = "localhost/coredns:1"

//go:embed dns.yaml
var dnsManifests string

// startDNS starts the cluster's DNS, which takes a moment after the node is ready.
func (n *Node) startDNS(ctx context.Context) error {
	image := n.files.of("coredns.tar")
	if err := WriteImage(image, dnsImage, filepath.Join(n.options.NodeAssets, "coredns")); err != nil {
		return fmt.Errorf("image of the DNS: %w", err)
	}
	if err := n.LoadImage(ctx, image); err != nil {
		return err
	}
	manifests := n.files.of("dns.yaml")
	text := strings.NewReplacer("CLUSTER_IP", dnsService, "COREDNS_IMAGE", dnsImage, "PUBLIC_ADDRESS", PublicAddress, "PUBLIC_NAME", PublicName).Replace(dnsManifests)
	if err := os.WriteFile(manifests, []byte(text), 0o600); err != nil {
		return err
	}
	client, err := cluster.New(n.Config)
	if err != nil {
		return err
	}
	return cluster.ApplyFile(ctx, client, "kube-system", manifests)
}

// AwaitDNS returns once the cluster's DNS answers pods.
func (n *Node) AwaitDNS(ctx context.Context) error {
	client, err := cluster.New(n.Config)
	if err != nil {
		return err
	}
	return poll(ctx, func() error {
		deployment := &appsv1.Deployment{}
		if err := client.Get(ctx, types.NamespacedName{Namespace: "kube-system", Name: "coredns"}, deployment); err != nil {
			return err
		}
		if deployment.Status.ReadyReplicas == 0 {
			return errors.New("the cluster's DNS is not ready")
		}
		return nil
	})
}

// Resolver asks the cluster's DNS for names.
func Resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, DNS)
	}}
}
