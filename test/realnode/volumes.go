package realnode

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// provisioner is the name of what serves StorageClass.
const provisioner = "wasession.dev/folder"

// volumes makes and removes the volumes of StorageClass, and lets them grow: kubelet
// and kube-controller-manager do the rest, as with any driver.
type volumes struct {
	client client.Client
	files  paths
}

// startControllers serves the default storage class and enforces NetworkPolicies until
// Stop.
func (n *Node) startControllers(ctx context.Context) (err error) {
	log, err := os.Create(n.files.of("controllers.log"))
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, log.Close())
		}
	}()
	manager, err := newManager(n.Config, log)
	if err != nil {
		return err
	}
	v := &volumes{client: manager.GetClient(), files: n.files}
	if err := ctrl.NewControllerManagedBy(manager).Named("realnode-volumes").
		For(&corev1.PersistentVolumeClaim{}).
		Watches(&corev1.PersistentVolume{}, handler.EnqueueRequestsFromMapFunc(claimOfVolume)).
		WithOptions(controller.Options{SkipNameValidation: ptr.To(true), MaxConcurrentReconciles: 4}).
		Complete(v); err != nil {
		return err
	}
	if err := servePolicies(manager); err != nil {
		return err
	}
	class := &storagev1.StorageClass{
		ObjectMeta:           metav1.ObjectMeta{Name: StorageClass, Annotations: map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}},
		Provisioner:          provisioner,
		AllowVolumeExpansion: ptr.To(true),
	}
	if err := manager.GetClient().Create(ctx, class); err != nil {
		return fmt.Errorf("storage class: %w", err)
	}
	serving, cancel := context.WithCancel(context.WithoutCancel(ctx))
	n.controllers, n.served = cancel, make(chan error, 1)
	go func() {
		err := manager.Start(serving)
		if serving.Err() == nil {
			n.options.Failed(fmt.Errorf("the node's controllers ended: %w", err))
		}
		n.served <- errors.Join(err, log.Close())
	}()
	return nil
}

// newManager returns a manager of controllers that writes to a log.
func newManager(config *rest.Config, log io.Writer) (ctrl.Manager, error) {
	return ctrl.NewManager(config, ctrl.Options{
		Metrics: metricsserver.Options{BindAddress: "0"}, Logger: logr.FromSlogHandler(slog.NewTextHandler(log, nil)),
	})
}

func claimOfVolume(_ context.Context, object client.Object) []reconcile.Request {
	volume := object.(*corev1.PersistentVolume)
	if volume.Spec.ClaimRef == nil || volume.Spec.StorageClassName != StorageClass {
		return nil
	}
	return []reconcile.Request{{NamespacedName: types.NamespacedName{Namespace: volume.Spec.ClaimRef.Namespace, Name: volume.Spec.ClaimRef.Name}}}
}

// Reconcile makes the volume of a claim, or removes those that claims of this name have
// left.
func (v *volumes) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	claim := &corev1.PersistentVolumeClaim{}
	err := v.client.Get(ctx, request.NamespacedName, claim)
	if client.IgnoreNotFound(err) != nil {
		return reconcile.Result{}, err
	}
	if err := v.remove(ctx, request.NamespacedName); err != nil {
		return reconcile.Result{}, err
	}
	if err != nil || claim.DeletionTimestamp != nil || ptr.Deref(claim.Spec.StorageClassName, "") != StorageClass {
		return reconcile.Result{}, nil
	}
	if claim.Spec.VolumeName == "" {
		return reconcile.Result{}, v.provide(ctx, claim)
	}
	return reconcile.Result{}, v.grow(ctx, claim)
}

// provide makes the folder and the volume, which kube-controller-manager then binds.
func (v *volumes) provide(ctx context.Context, claim *corev1.PersistentVolumeClaim) error {
	name := "pvc-" + string(claim.UID)
	folder := v.files.of("volumes/" + name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	err := v.client.Create(ctx, &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{"pv.kubernetes.io/provisioned-by": provisioner}},
		Spec: corev1.PersistentVolumeSpec{
			Capacity:                      claim.Spec.Resources.Requests,
			AccessModes:                   claim.Spec.AccessModes,
			PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimDelete,
			StorageClassName:              StorageClass,
			PersistentVolumeSource:        corev1.PersistentVolumeSource{Local: &corev1.LocalVolumeSource{Path: folder}},
			NodeAffinity: &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
				MatchExpressions: []corev1.NodeSelectorRequirement{{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: []string{Name, SecondName}}},
			}}}},
			ClaimRef: &corev1.ObjectReference{APIVersion: "v1", Kind: "PersistentVolumeClaim", Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID},
		},
	})
	return ignoreExists(err)
}

// grow gives a volume the size that its claim asks for.
func (v *volumes) grow(ctx context.Context, claim *corev1.PersistentVolumeClaim) error {
	volume := &corev1.PersistentVolume{}
	if err := v.client.Get(ctx, types.NamespacedName{Name: claim.Spec.VolumeName}, volume); err != nil {
		return client.IgnoreNotFound(err)
	}
	wanted := claim.Spec.Resources.Requests[corev1.ResourceStorage]
	if capacity := volume.Spec.Capacity[corev1.ResourceStorage]; capacity.Cmp(wanted) < 0 {
		base := volume.DeepCopy()
		volume.Spec.Capacity = corev1.ResourceList{corev1.ResourceStorage: wanted}
		if err := v.client.Patch(ctx, volume, client.MergeFrom(base)); err != nil {
			return err
		}
	}
	if has := claim.Status.Capacity[corev1.ResourceStorage]; claim.Status.Phase != corev1.ClaimBound || has.Cmp(wanted) >= 0 {
		return nil
	}
	base := claim.DeepCopy()
	claim.Status.Capacity = corev1.ResourceList{corev1.ResourceStorage: wanted}
	return v.client.Status().Patch(ctx, claim, client.MergeFrom(base))
}

// remove deletes the volumes that claims of this name have released.
func (v *volumes) remove(ctx context.Context, claim types.NamespacedName) error {
	list := &corev1.PersistentVolumeList{}
	if err := v.client.List(ctx, list); err != nil {
		return err
	}
	for i := range list.Items {
		volume := &list.Items[i]
		of := volume.Spec.ClaimRef
		if of == nil || of.Namespace != claim.Namespace || of.Name != claim.Name || volume.Status.Phase != corev1.VolumeReleased ||
			volume.Spec.PersistentVolumeReclaimPolicy != corev1.PersistentVolumeReclaimDelete || volume.Spec.StorageClassName != StorageClass {
			continue
		}
		if err := os.RemoveAll(volume.Spec.Local.Path); err != nil {
			return err
		}
		if err := v.client.Delete(ctx, volume); client.IgnoreNotFound(err) != nil {
			return err
		}
	}
	return nil
}
