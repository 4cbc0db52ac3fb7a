package realnode

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// Options say what a node is made of.
type Options struct {
	// Assets has etcd and kube-apiserver, and NodeAssets kube-controller-manager,
	// kube-scheduler, kube-proxy, kubelet and coredns.
	Assets, NodeAssets string
	// Pause is the static program of PauseImage: see the command pause.
	Pause string
	// Images are files in the format of `docker save`, which the nodes then have, and Tags
	// pairs of the name of an image and another one.
	Images []string
	Tags   [][2]string
	// Failed is called for each program, and for the controllers, if they end unexpectedly.
	Failed func(error) `json:"-"`
}

// Node is a running cluster of one node, to which a second one can be added. Its owner
// calls Stop.
type Node struct {
	// Config is a client configuration with all rights.
	Config *rest.Config

	agents
	files     paths
	authority *authority
	second    *second

	controllers context.CancelFunc
	served      chan error // receives the end of the controllers
}

// Start starts a node inside the namespaces, and returns once it is ready for pods. Its
// DNS may take a moment more: see AwaitDNS. After an error nothing is left running.
func Start(ctx context.Context, o Options) (_ *Node, err error) {
	n := &Node{agents: agents{host: firstHost, options: o}, files: firstHost.files()}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Stop())
		}
	}()
	for _, folder := range []string{"", "volumes", "kubelet", "cni", "manifests"} {
		if err := os.MkdirAll(n.files.of(folder), 0o755); err != nil {
			return nil, err
		}
	}
	if n.authority, err = newAuthority(); err != nil {
		return nil, err
	}
	if n.Config, err = n.authority.writeControlPlane(n.files); err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	if err := prepare(firstHost, n.authority); err != nil {
		return nil, err
	}
	if err := n.startControlPlane(ctx); err != nil {
		return nil, err
	}
	if err := n.startControllers(ctx); err != nil {
		return nil, err
	}
	if err := n.start(ctx); err != nil {
		return nil, err
	}
	if err := n.startDNS(ctx); err != nil {
		return nil, fmt.Errorf("DNS: %w", err)
	}
	return n, awaitReady(ctx, n.Config, Name)
}

// prepare writes what the programs of a host read.
func prepare(h host, authority *authority) error {
	if err := authority.writeHost(h); err != nil {
		return fmt.Errorf("certificates: %w", err)
	}
	return writeConfigurations(h)
}

// Logs is the folder with the logs of the node's programs, and of its pods in pods/.
func Logs() string { return filepath.Join(Folder(), "node") }

func (n *Node) startControlPlane(ctx context.Context) error {
	of := n.files.of
	if err := n.launch(filepath.Join(n.options.Assets, "etcd"),
		"--data-dir="+of("etcd"), "--unsafe-no-fsync",
		"--listen-client-urls=http://127.0.0.1:2379", "--advertise-client-urls=http://127.0.0.1:2379",
		"--listen-peer-urls=http://127.0.0.1:2380", "--initial-advertise-peer-urls=http://127.0.0.1:2380", "--initial-cluster=default=http://127.0.0.1:2380",
	); err != nil {
		return err
	}
	if err := n.launch(filepath.Join(n.options.Assets, "kube-apiserver"),
		"--etcd-servers=http://127.0.0.1:2379",
		"--bind-address="+Address, "--advertise-address="+Address, "--secure-port=6443",
		"--tls-cert-file="+of("apiserver.crt"), "--tls-private-key-file="+of("apiserver.key"), "--client-ca-file="+of("ca.crt"),
		"--kubelet-client-certificate="+of("apiserver-kubelet.crt"), "--kubelet-client-key="+of("apiserver-kubelet.key"), "--kubelet-certificate-authority="+of("ca.crt"), "--kubelet-preferred-address-types=InternalIP",
		"--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file="+of("tokens.crt"), "--service-account-signing-key-file="+of("tokens.key"),
		"--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", "--allow-privileged",
		"--service-cluster-ip-range="+serviceRange, "--profiling=false",
	); err != nil {
		return err
	}
	if err := n.awaitAPI(ctx); err != nil {
		return err
	}
	if err := n.launch(filepath.Join(n.options.NodeAssets, "kube-controller-manager"),
		"--kubeconfig="+of("kube-controller-manager.kubeconfig"), "--leader-elect=false",
		"--service-account-private-key-file="+of("tokens.key"), "--root-ca-file="+of("ca.crt"), "--use-service-account-credentials",
		// The ServiceAccount of a new namespace otherwise waits for its turn.
		"--kube-api-qps=300", "--kube-api-burst=500", "--profiling=false",
	); err != nil {
		return err
	}
	return n.launch(filepath.Join(n.options.NodeAssets, "kube-scheduler"),
		"--kubeconfig="+of("kube-scheduler.kubeconfig"), "--leader-elect=false", "--profiling=false")
}

// StartKubelet starts kubelet again after KillKubelet.
func (n *Node) StartKubelet() error { return n.startKubelet() }

// KillKubelet ends kubelet at once. The pods run on, and nobody watches them.
func (n *Node) KillKubelet() { n.kubelet.Kill() }

func (n *Node) awaitAPI(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(n.Config)
	if err != nil {
		return err
	}
	if err := poll(ctx, func() error { return client.RESTClient().Get().AbsPath("/readyz").Do(ctx).Error() }); err != nil {
		return fmt.Errorf("the API server is not ready: %w", err)
	}
	return nil
}

// poll calls f until it succeeds or ctx ends.
func poll(ctx context.Context, f func() error) error {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := f()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, context.Cause(ctx))
		case <-ticker.C:
		}
	}
}

// Stop ends everything. What still runs in pods ends with the namespaces.
func (n *Node) Stop() error {
	if n.second != nil {
		n.LoseSecond()
	}
	var failed error
	if n.controllers != nil {
		n.controllers()
		failed = <-n.served
	}
	n.stop()
	return failed
}
