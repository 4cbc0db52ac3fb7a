package localnode

import (
	"context"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// provisioner is the provisioner name by which claims finds its storage
// classes.
const provisioner = "wasession.dev/local-node"

// heartbeatPeriod is how often the node renews its lease.
const heartbeatPeriod = 10 * time.Second

// register creates the Node and its StorageClass, or takes over those of an
// earlier run.
func register(ctx context.Context, reader client.Reader, writer client.Client, options Options, endpoints corev1.NodeDaemonEndpoints) error {
	class := &storagev1.StorageClass{
		ObjectMeta: metav1.ObjectMeta{
			Name:        StorageClass,
			Annotations: map[string]string{"storageclass.kubernetes.io/is-default-class": "true"},
		},
		Provisioner:          provisioner,
		VolumeBindingMode:    ptr.To(storagev1.VolumeBindingImmediate),
		AllowVolumeExpansion: ptr.To(true),
	}
	if err := writer.Create(ctx, class); err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{
		Name: options.Name,
		Labels: map[string]string{
			corev1.LabelHostname:    options.Name,
			corev1.LabelOSStable:    "linux",
			"wasession.dev/locally": "true",
		},
	}}
	if err := writer.Create(ctx, node); err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	if err := reader.Get(ctx, client.ObjectKeyFromObject(node), node); err != nil {
		return err
	}
	// The API server taints new nodes until they are reported ready.
	if len(node.Spec.Taints) > 0 {
		node.Spec.Taints = nil
		if err := writer.Update(ctx, node); err != nil {
			return err
		}
	}
	return writer.Status().Patch(ctx, readyNode(options, node, endpoints), client.Merge)
}

// readyNode returns node with a status that accepts pods.
func readyNode(options Options, node *corev1.Node, endpoints corev1.NodeDaemonEndpoints) *corev1.Node {
	ready := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: node.Name}}
	ready.Status = node.Status
	ready.Status.Capacity, ready.Status.Allocatable = room(), room()
	// Without a name, which the API server would look up to reach the kubelet.
	ready.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: hostIP}}
	ready.Status.NodeInfo = corev1.NodeSystemInfo{KubeletVersion: "localnode", OperatingSystem: "linux", ContainerRuntimeVersion: "process://"}
	ready.Status.DaemonEndpoints = endpoints
	now := metav1.Now()
	ready.Status.Conditions = []corev1.NodeCondition{{
		Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "Serving",
		Message: "runs pods as processes of this machine", LastHeartbeatTime: now, LastTransitionTime: now,
	}}
	return ready
}

// room returns the node's claimed capacity; nothing measures it.
func room() corev1.ResourceList {
	return corev1.ResourceList{
		corev1.ResourceCPU:    resource.MustParse("8"),
		corev1.ResourceMemory: resource.MustParse("16Gi"),
		corev1.ResourcePods:   resource.MustParse("110"),
	}
}

// heartbeat renews the node's lease, as controllers that watch nodes expect.
type heartbeat struct {
	client client.Client
	name   string
}

func (h *heartbeat) setup(manager ctrl.Manager) error { return manager.Add(h) }

// Start renews the lease until ctx ends. A failed renewal is made up for by the
// next.
func (h *heartbeat) Start(ctx context.Context) error {
	ticker := time.NewTicker(heartbeatPeriod)
	defer ticker.Stop()
	for {
		_ = h.renew(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (h *heartbeat) renew(ctx context.Context) error {
	lease := &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Namespace: corev1.NamespaceNodeLease, Name: h.name}}
	err := h.client.Get(ctx, client.ObjectKeyFromObject(lease), lease)
	if client.IgnoreNotFound(err) != nil {
		return err
	}
	lease.Spec.HolderIdentity = &h.name
	lease.Spec.LeaseDurationSeconds = ptr.To(int32(4 * heartbeatPeriod / time.Second))
	lease.Spec.RenewTime = ptr.To(metav1.NowMicro())
	if apierrors.IsNotFound(err) {
		return h.client.Create(ctx, lease)
	}
	return h.client.Update(ctx, lease)
}
