package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/controlplane"
	"github.com/wasession/wasession/test/perf/figures"
)

const (
	// namespace holds the fleet.
	namespace = "default"
	// shardLabel is the label of sessions that --watch-label-selector names.
	shardLabel = "wasession.dev/shard"
)

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
		// The machine may be busy.
		ControlPlaneStartTimeout: time.Minute,
		ControlPlaneStopTimeout:  time.Minute,
	}}
	// The default range has 254 addresses, and each session's Service needs
	// one.
	c.environment.ControlPlane.GetAPIServer().Configure().Set("service-cluster-ip-range", "10.96.0.0/16")
	if c.config, err = c.environment.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("starting the API server: %w", err), c.environment.Stop())
	}
	if err := c.connect(ctx); err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

func (c *cluster) connect(ctx context.Context) (err error) {
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
	c.config.QPS = -1 // as fast as the API server takes them
	if c.WithWatch, err = client.NewWithWatch(c.config, client.Options{Scheme: scheme}); err != nil {
		return err
	}
	// The operator keeps its key here.
	return c.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "wasession-system"}})
}

func (c *cluster) stop() {
	if err := c.environment.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "fleet: stopping the API server:", err)
	}
	_ = os.RemoveAll(c.dir)
}

// createSessions creates sessions, shared out over the shards.
func (c *cluster) createSessions(ctx context.Context, count, shards int) error {
	return inParallel(ctx, count, func(i int) error {
		session := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: sessionName(i)}}
		if shards > 1 {
			session.Labels = map[string]string{shardLabel: shardName(i % shards)}
		}
		if err := c.Create(ctx, session); err != nil {
			return fmt.Errorf("creating a session: %w", err)
		}
		return nil
	})
}

func sessionName(i int) string { return fmt.Sprintf("session-%05d", i) }

// readyCount follows how many sessions are ready.
type readyCount struct {
	watch watch.Interface
	ready map[string]bool
}

func (c *cluster) countReady(ctx context.Context, namespace string) (*readyCount, error) {
	w, err := c.follow(ctx, &v1alpha1.WhatsAppSessionList{}, client.InNamespace(namespace))
	if err != nil {
		return nil, fmt.Errorf("watching sessions: %w", err)
	}
	return &readyCount{watch: w, ready: map[string]bool{}}, nil
}

// await waits until that many sessions are ready at once.
func (r *readyCount) await(ctx context.Context, count int) error {
	defer r.watch.Stop()
	for {
		select {
		case event, open := <-r.watch.ResultChan():
			session, ok := event.Object.(*v1alpha1.WhatsAppSession)
			if !open || !ok {
				return fmt.Errorf("the watch of sessions ended with %d ready", len(r.ready))
			}
			if !meta.IsStatusConditionTrue(session.Status.Conditions, v1alpha1.ConditionReady) {
				delete(r.ready, session.Name)
				continue
			}
			if r.ready[session.Name] = true; len(r.ready)%1000 == 0 {
				fmt.Fprintln(os.Stderr, "fleet:", len(r.ready), "are ready")
			}
			if len(r.ready) >= count {
				return nil
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// time is the processor time of the API server and etcd.
func (c *cluster) time() time.Duration {
	var sum time.Duration
	for _, pid := range children(os.Getpid()) {
		if name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)); err == nil && slices.Contains([]string{"etcd", "kube-apiserver"}, strings.TrimSpace(string(name))) {
			sum += figures.ProcessTime(pid)
		}
	}
	return sum
}

// children are the processes that this one has started.
func children(pid int) (pids []int) {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, path := range threads {
		list, _ := os.ReadFile(path)
		for field := range strings.FieldsSeq(string(list)) {
			if child, err := strconv.Atoi(field); err == nil {
				pids = append(pids, child)
			}
		}
	}
	return pids
}
