package localnode

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// claimProtection is the finalizer by which the API server keeps claims that a
// pod uses.
const claimProtection = "kubernetes.io/pvc-protection"

// claims binds claims of the node's storage classes to folders of dir, reports
// the size they are expanded to, and releases deleted ones once no pod uses
// them.
type claims struct {
	client client.Client
	dir    string
}

func (c *claims) setup(manager ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(manager).Named("localnode-claims").
		For(&corev1.PersistentVolumeClaim{}).
		Watches(&corev1.Pod{}, handler.EnqueueRequestsFromMapFunc(claimsOfPod)).
		WithOptions(controller.Options{SkipNameValidation: ptr.To(true)}).
		Complete(c)
}

func claimsOfPod(_ context.Context, object client.Object) []reconcile.Request {
	var requests []reconcile.Request
	for _, name := range claimsOf(object.(*corev1.Pod)) {
		requests = append(requests, reconcile.Request{NamespacedName: types.NamespacedName{Namespace: object.GetNamespace(), Name: name}})
	}
	return requests
}

// Reconcile updates one claim.
func (c *claims) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	claim := &corev1.PersistentVolumeClaim{}
	if err := c.client.Get(ctx, request.NamespacedName, claim); err != nil {
		return reconcile.Result{}, client.IgnoreNotFound(err)
	}
	if claim.DeletionTimestamp != nil {
		return reconcile.Result{}, c.letGo(ctx, claim)
	}
	if claim.Spec.StorageClassName == nil { // older than the default class
		claim.Spec.StorageClassName = ptr.To(StorageClass)
		return reconcile.Result{}, ignoreConflict(c.client.Update(ctx, claim))
	}
	class := &storagev1.StorageClass{}
	err := c.client.Get(ctx, types.NamespacedName{Name: *claim.Spec.StorageClassName}, class)
	if err != nil || class.Provisioner != provisioner {
		return reconcile.Result{}, client.IgnoreNotFound(err)
	}
	return reconcile.Result{}, ignoreConflict(c.bind(ctx, claim, class))
}

// ignoreConflict drops the error of a write based on a stale cache: the pending
// update triggers another attempt.
func ignoreConflict(err error) error {
	if apierrors.IsConflict(err) {
		return nil
	}
	return err
}

// bind creates the claim's volume, binds the two to each other and reports the
// size.
func (c *claims) bind(ctx context.Context, claim *corev1.PersistentVolumeClaim, class *storagev1.StorageClass) error {
	if claim.Spec.DataSource != nil || claim.Spec.DataSourceRef != nil {
		return reconcile.TerminalError(errors.New("the local node cannot fill a claim from a data source"))
	}
	volume := &corev1.PersistentVolume{}
	name := claim.Spec.VolumeName
	if name == "" {
		name = "pvc-" + string(claim.UID)
	}
	err := c.client.Get(ctx, types.NamespacedName{Name: name}, volume)
	if apierrors.IsNotFound(err) {
		volume = c.volumeFor(claim, class, name)
		if err := os.MkdirAll(volume.Spec.HostPath.Path, 0o700); err != nil {
			return err
		}
		err = c.client.Create(ctx, volume)
		if apierrors.IsAlreadyExists(err) {
			err = nil
		}
	}
	if err != nil {
		return err
	}
	size := claim.Spec.Resources.Requests[corev1.ResourceStorage]
	if capacity := volume.Spec.Capacity[corev1.ResourceStorage]; capacity.Cmp(size) < 0 {
		base := volume.DeepCopy()
		volume.Spec.Capacity = corev1.ResourceList{corev1.ResourceStorage: size}
		if err := c.client.Patch(ctx, volume, client.MergeFrom(base)); err != nil {
			return err
		}
	}
	if claim.Spec.VolumeName == "" {
		claim.Spec.VolumeName = name
		metav1.SetMetaDataAnnotation(&claim.ObjectMeta, "pv.kubernetes.io/bind-completed", "yes")
		if err := c.client.Update(ctx, claim); err != nil {
			return err
		}
	}
	capacity := claim.Status.Capacity[corev1.ResourceStorage]
	if claim.Status.Phase == corev1.ClaimBound && capacity.Equal(volume.Spec.Capacity[corev1.ResourceStorage]) {
		return nil
	}
	claim.Status.Phase = corev1.ClaimBound
	claim.Status.AccessModes = claim.Spec.AccessModes
	claim.Status.Capacity = volume.Spec.Capacity
	return c.client.Status().Update(ctx, claim)
}

func (c *claims) volumeFor(claim *corev1.PersistentVolumeClaim, class *storagev1.StorageClass, name string) *corev1.PersistentVolume {
	return &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.PersistentVolumeSpec{
			Capacity:                      claim.Spec.Resources.Requests,
			AccessModes:                   claim.Spec.AccessModes,
			PersistentVolumeReclaimPolicy: ptr.Deref(class.ReclaimPolicy, corev1.PersistentVolumeReclaimDelete),
			StorageClassName:              class.Name,
			PersistentVolumeSource: corev1.PersistentVolumeSource{
				HostPath: &corev1.HostPathVolumeSource{Path: filepath.Join(c.dir, fmt.Sprintf("%s_%s_%s", claim.Namespace, claim.Name, claim.UID))},
			},
			ClaimRef: &corev1.ObjectReference{
				APIVersion: "v1", Kind: "PersistentVolumeClaim",
				Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID,
			},
		},
	}
}

// letGo removes the protection from a deleted claim that no pod uses.
func (c *claims) letGo(ctx context.Context, claim *corev1.PersistentVolumeClaim) error {
	users := podsThat(ctx, c.client, claim.Namespace, func(pod *corev1.Pod) bool {
		return !finished(pod) && pod.Spec.NodeName != "" && slices.Contains(claimsOf(pod), claim.Name)
	})
	base := claim.DeepCopy()
	if len(users) > 0 || !controllerutil.RemoveFinalizer(claim, claimProtection) {
		return nil
	}
	return client.IgnoreNotFound(c.client.Patch(ctx, claim, client.MergeFrom(base)))
}
