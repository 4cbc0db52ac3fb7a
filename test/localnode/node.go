// Package localnode is a Kubernetes node for one machine without container
// tools. Against a real API server it plays the parts that turn objects into
// running things: scheduler, kubelet, kube-proxy, volume binder and, for the
// given kinds of owners, garbage collector. A pod's containers run as processes
// in a sandbox, on the pod's own loopback address.
//
// It exists for demos and tests. It supports what the pods of this project need
// and refuses anything else, with a reason on the pod.
package localnode

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/wasession/wasession/test/localnode/sandbox"
)

// StorageClass is the class whose claims the node binds to folders below
// Options.Dir. It is the default class.
const StorageClass = "local"

// Image replaces a container image with files of this machine.
type Image struct {
	// Mounts are the image's files.
	Mounts []sandbox.Mount
	// Entrypoint is the command of containers that have none.
	Entrypoint []string
	// Env holds the image's own NAME=value pairs.
	Env []string
}

// Options describes the node.
type Options struct {
	// Name is the Node's name.
	Name string
	// Dir is the folder of volumes, logs and pods.
	Dir string
	// PodNet is the loopback /16 of the pods' addresses, as its first two
	// numbers: "127.1".
	PodNet string
	// Images are the images that containers may use, without tag or digest.
	Images map[string]Image
	// Owners are kinds whose dependents are deleted after them.
	Owners []schema.GroupVersionKind
	// RestartBackoff is the wait before the second restart of a container; it
	// doubles from there. 0 means 10 s.
	RestartBackoff time.Duration
	// Log receives what the node does.
	Log logr.Logger
}

// Run runs the node until ctx ends. It returns once all its pods' processes
// have ended too. The calling program must call sandbox.Init first in main.
func Run(ctx context.Context, config *rest.Config, options Options) error {
	if options.RestartBackoff == 0 {
		options.RestartBackoff = 10 * time.Second
	}
	if err := sandbox.Check(ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:  scheme.Scheme,
		Logger:  options.Log,
		Metrics: server.Options{BindAddress: "0"},
	})
	if err != nil {
		return fmt.Errorf("local node: %w", err)
	}
	kubelet, err := newKubelet()
	if err != nil {
		return fmt.Errorf("local node: %w", err)
	}
	defer func() { _ = kubelet.listener.Close() }()
	if err := register(ctx, manager.GetAPIReader(), manager.GetClient(), options, kubelet.endpoints()); err != nil {
		return fmt.Errorf("register node %s: %w", options.Name, err)
	}
	pods := newPods(ctx, manager, options)
	kubelet.pods = pods
	proxy := newProxy(manager.GetClient(), options.Log.WithName("proxy"))
	parts := []interface {
		setup(manager ctrl.Manager) error
	}{
		&heartbeat{client: manager.GetClient(), name: options.Name},
		&scheduler{client: manager.GetClient(), node: options.Name},
		&claims{client: manager.GetClient(), dir: filepath.Join(options.Dir, "volumes")},
		&reclaimer{client: manager.GetClient(), dir: filepath.Join(options.Dir, "volumes")},
		&collector{client: manager.GetClient(), owners: options.Owners},
		pods,
		kubelet,
		proxy,
	}
	for _, part := range parts {
		if err := part.setup(manager); err != nil {
			return fmt.Errorf("local node: %w", err)
		}
	}
	err = manager.Start(ctx)
	stop() // the manager may have failed instead
	proxy.close()
	pods.wait()
	return err
}

// claimsOf returns the names of the claims that a pod mounts.
func claimsOf(pod *corev1.Pod) []string {
	var names []string
	for _, volume := range pod.Spec.Volumes {
		if volume.PersistentVolumeClaim != nil {
			names = append(names, volume.PersistentVolumeClaim.ClaimName)
		}
	}
	return names
}

// finished reports whether no container of the pod runs or will run again.
func finished(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}
