package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"k8s.io/apimachinery/pkg/api/meta"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/controlplane"
)

const namespace = "default"

// cluster is just etcd and an API server with the CRD.
type cluster struct {
	client.WithWatch
	environment *envtest.Environment
	config      *rest.Config
	dir         string
	kubeconfig  string // path of a file, for the operator
}

func startCluster(ctx context.Context) (*cluster, error) {
	root, err := controlplane.ModuleRoot(".")
	if err != nil {
		return nil, err
	}
	assets, err := controlplane.Assets(ctx, root, os.Stderr)
	if err != nil {
		return nil, err
	}
	c := &cluster{environment: &envtest.Environment{
		BinaryAssetsDirectory: assets,
		CRDDirectoryPaths:     []string{filepath.Join(root, "config", "crd", "bases")},
		ErrorIfCRDPathMissing: true,
	}}
	// The default range has 254 addresses, and each session's Service needs
	// one.
	c.environment.ControlPlane.GetAPIServer().Configure().Set("service-cluster-ip-range", "10.96.0.0/16")
	if c.config, err = c.environment.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("starting the API server: %w", err), c.environment.Stop())
	}
	if err := c.connect(); err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

func (c *cluster) connect() (err error) {
	if c.dir, err = os.MkdirTemp("", "wasession-fleet-"); err != nil {
		return err
	}
	c.kubeconfig = filepath.Join(c.dir, "kubeconfig")
	if err := os.WriteFile(c.kubeconfig, c.environment.KubeConfig, 0o600); err != nil {
		return err
	}
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return err
	}
	c.config.QPS, c.config.Burst = 1000, 2000
	c.WithWatch, err = client.NewWithWatch(c.config, client.Options{Scheme: scheme})
	return err
}

func (c *cluster) stop() {
	if err := c.environment.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "fleet: stopping the API server:", err)
	}
	_ = os.RemoveAll(c.dir)
}

func (c *cluster) createSessions(ctx context.Context, count int) error {
	for i := range count {
		session := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: fmt.Sprintf("session-%04d", i)}}
		if err := c.Create(ctx, session); err != nil {
			return fmt.Errorf("creating a session: %w", err)
		}
	}
	return nil
}

// awaitReady waits until that many sessions are ready.
func (c *cluster) awaitReady(ctx context.Context, count int) error {
	for {
		list := &v1alpha1.WhatsAppSessionList{}
		if err := c.List(ctx, list, client.InNamespace(namespace)); err != nil {
			return fmt.Errorf("listing sessions: %w", err)
		}
		ready := 0
		for i := range list.Items {
			if meta.IsStatusConditionTrue(list.Items[i].Status.Conditions, v1alpha1.ConditionReady) {
				ready++
			}
		}
		fmt.Fprintf(os.Stderr, "\r%d ready ", ready)
		if ready >= count {
			fmt.Fprintln(os.Stderr)
			return nil
		}
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
	}
}
