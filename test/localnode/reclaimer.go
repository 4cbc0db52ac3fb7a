package localnode

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// volumeProtection is the finalizer that the API server puts on volumes.
const volumeProtection = "kubernetes.io/pv-protection"

// reclaimer maintains the phase of volumes. When a volume's claim is gone, it
// removes the volume with its folder or releases it, by its reclaim policy.
type reclaimer struct {
	client client.Client
	dir    string
}

func (r *reclaimer) setup(manager ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(manager).Named("localnode-volumes").
		For(&corev1.PersistentVolume{}).
		Watches(&corev1.PersistentVolumeClaim{}, handler.EnqueueRequestsFromMapFunc(volumeOfClaim)).
		WithOptions(controller.Options{SkipNameValidation: ptr.To(true)}).
		Complete(r)
}

func volumeOfClaim(_ context.Context, object client.Object) []reconcile.Request {
	name := object.(*corev1.PersistentVolumeClaim).Spec.VolumeName
	if name == "" {
		return nil
	}
	return []reconcile.Request{{NamespacedName: types.NamespacedName{Name: name}}}
}

// Reconcile updates one volume.
func (r *reclaimer) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	volume := &corev1.PersistentVolume{}
	if err := r.client.Get(ctx, request.NamespacedName, volume); err != nil {
		return reconcile.Result{}, client.IgnoreNotFound(err)
	}
	folder, ours := r.folder(volume)
	if !ours || volume.Spec.ClaimRef == nil {
		return reconcile.Result{}, nil
	}
	claim := &corev1.PersistentVolumeClaim{}
	err := r.client.Get(ctx, types.NamespacedName{Namespace: volume.Spec.ClaimRef.Namespace, Name: volume.Spec.ClaimRef.Name}, claim)
	if client.IgnoreNotFound(err) != nil {
		return reconcile.Result{}, err
	}
	gone := apierrors.IsNotFound(err) || claim.UID != volume.Spec.ClaimRef.UID
	switch {
	case !gone && volume.DeletionTimestamp == nil:
		return reconcile.Result{}, r.setPhase(ctx, volume, corev1.VolumeBound)
	case !gone:
		return reconcile.Result{}, nil
	case volume.DeletionTimestamp != nil || volume.Spec.PersistentVolumeReclaimPolicy == corev1.PersistentVolumeReclaimDelete:
		return reconcile.Result{}, r.remove(ctx, volume, folder)
	default:
		return reconcile.Result{}, r.setPhase(ctx, volume, corev1.VolumeReleased)
	}
}

// folder returns the volume's folder, if the volume is one of this node's.
func (r *reclaimer) folder(volume *corev1.PersistentVolume) (string, bool) {
	if volume.Spec.HostPath == nil {
		return "", false
	}
	path := filepath.Clean(volume.Spec.HostPath.Path)
	return path, strings.HasPrefix(path, filepath.Clean(r.dir)+string(filepath.Separator))
}

func (r *reclaimer) setPhase(ctx context.Context, volume *corev1.PersistentVolume, phase corev1.PersistentVolumePhase) error {
	if volume.Status.Phase == phase {
		return nil
	}
	base := volume.DeepCopy()
	volume.Status.Phase = phase
	return client.IgnoreNotFound(r.client.Status().Patch(ctx, volume, client.MergeFrom(base)))
}

func (r *reclaimer) remove(ctx context.Context, volume *corev1.PersistentVolume, folder string) error {
	if volume.Spec.PersistentVolumeReclaimPolicy == corev1.PersistentVolumeReclaimDelete {
		if err := os.RemoveAll(folder); err != nil {
			return err
		}
	}
	if volume.DeletionTimestamp == nil {
		if err := r.client.Delete(ctx, volume); err != nil {
			return client.IgnoreNotFound(err)
		}
	}
	base := volume.DeepCopy()
	if !controllerutil.RemoveFinalizer(volume, volumeProtection) {
		return nil
	}
	return client.IgnoreNotFound(r.client.Patch(ctx, volume, client.MergeFrom(base)))
}
