package gateway

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"os"
	"testing"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/test/controlplane"
	"github.com/wasession/wasession/test/gatewaylab"
	"github.com/wasession/wasession/test/localnode/sandbox"
)

// own is the gateway's namespace, and user its service account.
const (
	own  = gatewaylab.Own
	user = gatewaylab.User
)

var (
	lab   *gatewaylab.Lab
	plane *controlplane.ControlPlane
	// k8s reads and writes the API server with all rights.
	k8s client.WithWatch
	// tokenKey verifies the gateway's tokens.
	tokenKey ed25519.PublicKey
)

func TestMain(m *testing.M) {
	sandbox.Init()
	ctrl.SetLogger(logr.Discard())
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if lab, err = gatewaylab.Start(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	plane, k8s, tokenKey = lab.Plane, lab.K8s, lab.TokenKey
	code := m.Run()
	if err := lab.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}
