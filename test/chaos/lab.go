package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/apiproxy"
	"github.com/wasession/wasession/test/controlplane"
	"github.com/wasession/wasession/test/fakenode"
)

// nodeCount is how many nodes there are. One at a time is lost.
const nodeCount = 4

// lab is a cluster of fake nodes with the shipped operator, which reaches the
// API server only through a proxy.
type lab struct {
	client.Client
	plane     *controlplane.ControlPlane
	proxy     *apiproxy.Proxy
	nodes     *fakenode.Nodes
	operators *operators
	dir       string // with the operators' logs
}

// startLab starts everything. Its owner calls stop, also after an error.
func startLab(ctx context.Context, binary string) (*lab, error) {
	l := &lab{}
	var err error
	if l.dir, err = os.MkdirTemp("", "wasession-chaos-"); err != nil {
		return l, err
	}
	root, err := controlplane.ModuleRoot(".")
	if err != nil {
		return l, err
	}
	assets, err := controlplane.Assets(ctx, root, os.Stderr)
	if err != nil {
		return l, err
	}
	l.plane, err = controlplane.Start(controlplane.Options{
		Assets: assets, CRDs: []string{filepath.Join(root, "config", "crd", "bases")},
		ServiceCIDR: "10.96.0.0/16", // an address for each session
	})
	if err != nil {
		return l, err
	}
	config := rest.CopyConfig(l.plane.Config)
	config.QPS = -1 // no limit
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return l, err
	}
	if l.Client, err = client.New(config, client.Options{Scheme: scheme}); err != nil {
		return l, err
	}
	if l.proxy, err = apiproxy.Start(config); err != nil {
		return l, err
	}
	kubeconfig := filepath.Join(l.dir, "kubeconfig")
	if err := controlplane.WriteKubeconfig(l.proxy.Config(), kubeconfig); err != nil {
		return l, err
	}
	if l.nodes, err = fakenode.Start(ctx, config, fakenode.Options{Count: nodeCount, Network: "127.81", Workers: 16}); err != nil {
		return l, err
	}
	l.operators, err = startOperators(binary, kubeconfig, l.dir)
	return l, err
}

// stop ends everything. The logs of the operators stay if something failed.
func (l *lab) stop(failed bool) {
	if l.operators != nil {
		l.operators.stop()
	}
	if l.nodes != nil {
		_ = l.nodes.Stop()
	}
	if l.proxy != nil {
		l.proxy.Close()
	}
	if l.plane != nil {
		if err := l.plane.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "chaos: stopping the API server:", err)
		}
	}
	if failed {
		fmt.Fprintln(os.Stderr, "chaos: the operators' logs are in", l.dir)
		return
	}
	_ = os.RemoveAll(l.dir)
}
