// Package controlplane starts etcd and a real kube-apiserver for the demo and
// for tests. It is envtest with three additions: it finds or builds the two
// programs itself, its Services get loopback addresses so that a process on
// this machine can serve them, and its kubeconfigs can be written for people.
package controlplane

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// Options configure a ControlPlane.
type Options struct {
	// Assets is the folder with etcd and kube-apiserver; see Assets.
	Assets string
	// ServiceCIDR is the range of clusterIPs, a loopback range such as
	// 127.96.0.0/16.
	ServiceCIDR string
	// Flags are further flags of kube-apiserver, without dashes.
	Flags map[string]string
	// CRDs are files or folders of CustomResourceDefinitions to install.
	CRDs []string
}

// ControlPlane is a running etcd and kube-apiserver. Its owner calls Stop.
type ControlPlane struct {
	// Config is a client configuration with all rights.
	Config *rest.Config
	env    *envtest.Environment
}

// Start starts etcd and kube-apiserver. It returns once the API server is ready
// and the CRDs are established.
func Start(options Options) (*ControlPlane, error) {
	env := &envtest.Environment{
		BinaryAssetsDirectory: options.Assets,
		CRDDirectoryPaths:     options.CRDs,
		ErrorIfCRDPathMissing: true,
		// The machine may be busy.
		ControlPlaneStartTimeout: time.Minute,
		ControlPlaneStopTimeout:  time.Minute,
	}
	arguments := env.ControlPlane.GetAPIServer().Configure()
	if options.ServiceCIDR != "" {
		arguments.Set("service-cluster-ip-range", options.ServiceCIDR)
	}
	for name, value := range options.Flags {
		arguments.Set(name, value)
	}
	config, err := env.Start()
	if err != nil {
		return nil, fmt.Errorf("start the control plane: %w", err)
	}
	return &ControlPlane{Config: config, env: env}, nil
}

// Stop stops both programs and removes their data.
func (c *ControlPlane) Stop() error { return c.env.Stop() }

// User returns a client configuration for a user with only these names, who has
// the rights that RBAC grants.
func (c *ControlPlane) User(name string, groups ...string) (*rest.Config, error) {
	user, err := c.env.AddUser(envtest.User{Name: name, Groups: groups}, rest.CopyConfig(c.Config))
	if err != nil {
		return nil, fmt.Errorf("add user %s: %w", name, err)
	}
	return user.Config(), nil
}

// WriteKubeconfig writes config to path as a kubeconfig file that only its
// owner can read.
func WriteKubeconfig(config *rest.Config, path string) error {
	data, err := kubeconfig(config)
	if err != nil {
		return fmt.Errorf("make a kubeconfig: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}
