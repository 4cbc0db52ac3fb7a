package command

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"os"
	"strings"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/controllers/tokenkey"
)

// namespaceFile is where a pod finds the name of its namespace.
const namespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"

// tokenKeys loads the key that signs the operator's tokens, and the public key that
// verifies the gateway's.
func (o *options) tokenKeys(ctx context.Context, config *rest.Config) (ed25519.PrivateKey, ed25519.PublicKey, error) {
	c, err := client.New(config, client.Options{})
	if err != nil {
		return nil, nil, fmt.Errorf("creating an API client: %w", err)
	}
	own, err := tokenkey.Load(ctx, c, o.ownNamespace(), tokenkey.Operator)
	if err != nil {
		return nil, nil, err
	}
	gateway, err := tokenkey.Load(ctx, c, o.ownNamespace(), tokenkey.Gateway)
	if err != nil {
		return nil, nil, err
	}
	return own, ed25519.PublicKey(gateway[ed25519.SeedSize:]), nil
}

// ownNamespace is the operator's namespace: from the flag, else the pod's, else
// the manifests' default.
func (o *options) ownNamespace() string {
	if o.leaderNamespace != "" {
		return o.leaderNamespace
	}
	if name, err := os.ReadFile(namespaceFile); err == nil {
		return strings.TrimSpace(string(name))
	}
	return "wasession-system"
}
