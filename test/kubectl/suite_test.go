// Package kubectl tests the plugin from end to end: a real API server, the operator,
// session pods on the local node, and the simulator's phones.
package kubectl

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/wasession/wasession/test/gatewaylab"
	"github.com/wasession/wasession/test/localnode/sandbox"
)

var lab *gatewaylab.Lab

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
	code := m.Run()
	if err := lab.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}
