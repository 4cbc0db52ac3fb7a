// Package fakenode plays what surrounds the operator in a cluster, for session
// pods that are not real: the scheduler, the kubelets of some nodes, the volume
// controller, and the controllers that act on a lost node. A pod's process is an
// HTTP server on a loopback address of its own, which follows the runtime's
// contract with the operator.
//
// It keeps watch that a session never has two pods, or two processes: see
// Violations.
package fakenode

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	ctrlconfig "sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/event"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

// Options configure the nodes; a zero field takes its default.
type Options struct {
	// Count is how many nodes there are: fake-1, fake-2 and so on. Default: 1.
	Count int
	// Network is the loopback /16 of the pods' addresses, as its first two
	// numbers. Default: 127.78.
	Network string
	// Serves says of which namespaces the pods are run. Default: of all.
	Serves func(namespace string) bool
	// Workers is how many pods are handled at the same time. Default: 8.
	Workers int
}

// Nodes are the running nodes.
type Nodes struct {
	options Options
	client  client.Client
	live    client.Reader // not through the cache
	woken   chan event.TypedGenericEvent[*corev1.Pod]
	stop    context.CancelFunc
	ended   chan error

	// placing is held for reading while a pod is bound to a node, and for writing
	// while a node is lost.
	placing sync.RWMutex

	mu         sync.Mutex
	lost       map[string]bool
	processes  map[types.UID]*process
	evicted    map[types.NamespacedName]types.UID // pods that start no process any more
	starts     map[types.NamespacedName]int
	addresses  int
	violations []string
}

// Start registers the nodes and runs their pods until Stop is called. ctx is
// for the start only.
func Start(ctx context.Context, config *rest.Config, options Options) (*Nodes, error) {
	options.Count, options.Workers = cmp.Or(options.Count, 1), cmp.Or(options.Workers, 8)
	options.Network = cmp.Or(options.Network, "127.78")
	if options.Serves == nil {
		options.Serves = func(string) bool { return true }
	}
	config = rest.CopyConfig(config)
	config.QPS = -1 // no limit
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:     scheme.Scheme,
		Metrics:    metricsserver.Options{BindAddress: "0"},
		Cache:      cache.Options{DefaultTransform: cache.TransformStripManagedFields()},
		Controller: ctrlconfig.Controller{SkipNameValidation: ptr.To(true), MaxConcurrentReconciles: options.Workers},
	})
	if err != nil {
		return nil, fmt.Errorf("fake nodes: %w", err)
	}
	n := &Nodes{
		options: options, client: manager.GetClient(), live: manager.GetAPIReader(),
		woken: make(chan event.TypedGenericEvent[*corev1.Pod]), ended: make(chan error, 1),
		lost: map[string]bool{}, processes: map[types.UID]*process{},
		evicted: map[types.NamespacedName]types.UID{}, starts: map[types.NamespacedName]int{},
	}
	if err := errors.Join(n.watchPods(ctx, manager), n.watchClaims(manager)); err != nil {
		return nil, fmt.Errorf("fake nodes: %w", err)
	}
	for _, name := range n.Names() {
		if err := n.register(ctx, name); err != nil {
			return nil, err
		}
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	n.stop = stop
	go func() { n.ended <- manager.Start(running) }()
	if !manager.GetCache().WaitForCacheSync(ctx) {
		return nil, errors.Join(errors.New("fake nodes: the cache did not fill"), ctx.Err(), n.Stop())
	}
	return n, nil
}

// Stop ends all processes. Pods and nodes stay in the API server as they are.
func (n *Nodes) Stop() error {
	n.stop()
	err := <-n.ended
	n.mu.Lock()
	defer n.mu.Unlock()
	for uid, p := range n.processes {
		p.runtime.Close()
		delete(n.processes, uid)
	}
	return err
}

// Names returns the nodes' names.
func (n *Nodes) Names() []string {
	names := make([]string, n.options.Count)
	for i := range names {
		names[i] = fmt.Sprintf("fake-%d", i+1)
	}
	return names
}

// Violations returns what must never happen and did: two pods or two processes
// of a session at the same time, or a pod that was removed while its process
// ran.
func (n *Nodes) Violations() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.violations)
}

// Starts returns how many processes a session has had so far.
func (n *Nodes) Starts(session types.NamespacedName) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.starts[session]
}

// Runtime returns the process of a session; nil if there is none.
func (n *Nodes) Runtime(session types.NamespacedName) *Runtime {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, p := range n.processes {
		if p.session == session {
			return p.runtime
		}
	}
	return nil
}

// violate records a violation; n.mu is held.
func (n *Nodes) violate(format string, args ...any) {
	n.violations = append(n.violations, fmt.Sprintf(format, args...))
}
