// Package localnode is a Kubernetes node for one machine without container
// tools. Against a real API server it plays the parts that turn objects into
// something that runs: scheduler, kubelet, kube-proxy, volume binder and, for
// the owners it is told of, garbage collector. A pod's containers run as
// processes in a sandbox, on a loopback address of the pod's own.
//
// It exists for demos and tests. It knows what the pods of this project need
// and refuses, with a reason on the pod, what it does not know.
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

// StorageClass is the class whose claims the node binds: folders below
// Options.Dir. It is the default class.
const StorageClass = "local"

// Image replaces a container image by files of this machine.
type Image struct {
	// Mounts are the image's files.
	Mounts []sandbox.Mount
	// Entrypoint is the command of containers that name none.
	Entrypoint []string
	// Env holds the image's own NAME=value pairs.
	Env []string
}

// Options describes the node.
type Options struct {
	// Name is the Node's name.
	Name string
	// Dir is where volumes, logs and pod folders lie.
	Dir string
	// PodNet is the loopback /16 that pods get addresses from, as its first two
	// numbers: "127.1".
	PodNet string
	// Images are the images that containers may name, without tag or digest.
	Images map[string]Image
	// Owners are kinds whose dependents are deleted after them.
	Owners []schema.GroupVersionKind
	// RestartBackoff is the wait before the second restart of a container; it
	// doubles from there. 0 means 10 s.
	RestartBackoff time.Duration
	// Log gets what the node does.
	Log logr.Logger
}

// Run is the node until ctx ends. It returns when all its pods' processes have
// ended too. The program that calls it calls sandbox.Init first in main.
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
	if err := register(ctx, manager.GetAPIReader(), manager.GetClient(), options); err != nil {
		return fmt.Errorf("register node %s: %w", options.Name, err)
	}
	pods := newPods(ctx, manager, options)
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
		proxy,
	}
	for _, part := range parts {
		if err := part.setup(manager); err != nil {
			return fmt.Errorf("local node: %w", err)
		}
	}
	err = manager.Start(ctx)
	stop() // the manager may also have failed
	proxy.close()
	pods.wait()
	return err
}

// claimsOf are the names of the claims that a pod mounts.
func claimsOf(pod *corev1.Pod) []string {
	var names []string
	for _, volume := range pod.Spec.Volumes {
		if volume.PersistentVolumeClaim != nil {
			names = append(names, volume.PersistentVolumeClaim.ClaimName)
		}
	}
	return names
}

// finished says that no container of the pod runs or will run again.
func finished(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}
