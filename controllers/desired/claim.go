package desired

import (
	"cmp"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	coreac "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// snapshotGroup is the API group of VolumeSnapshot.
const snapshotGroup = "snapshot.storage.k8s.io"

// ClaimSpec returns spec.storage.claim with its defaults. The schema sets them
// where claim is written, but it need not be.
func ClaimSpec(s *v1alpha1.WhatsAppSession) v1alpha1.ClaimSpec {
	claim := s.Spec.Storage.Claim
	if claim.Size.IsZero() {
		claim.Size = resource.MustParse("2Gi")
	}
	claim.AccessMode = cmp.Or(claim.AccessMode, corev1.ReadWriteOncePod)
	claim.WhenDeleted = cmp.Or(claim.WhenDeleted, v1alpha1.VolumeRetain)
	return claim
}

// Claim returns the session's own claim. live is the existing claim, or nil.
// Immutable fields are taken from live, so that a claim created under another
// spec can be reused, and the size never shrinks.
//
// The session owns the claim only with whenDeleted: Delete.
func Claim(s *v1alpha1.WhatsAppSession, live *corev1.PersistentVolumeClaim) *coreac.PersistentVolumeClaimApplyConfiguration {
	storage := ClaimSpec(s)
	size, mode, class := storage.Size, storage.AccessMode, storage.StorageClassName
	restore := storage.DataSource != nil
	if live != nil {
		if held := live.Spec.Resources.Requests[corev1.ResourceStorage]; held.Cmp(size) > 0 {
			size = held
		}
		if len(live.Spec.AccessModes) == 1 {
			mode = live.Spec.AccessModes[0]
		}
		if class != nil {
			class = live.Spec.StorageClassName
		}
		restore = restore && live.Spec.DataSource != nil
	}

	spec := coreac.PersistentVolumeClaimSpec().
		WithAccessModes(mode).
		WithResources(coreac.VolumeResourceRequirements().
			WithRequests(corev1.ResourceList{corev1.ResourceStorage: size}))
	if class != nil {
		spec.WithStorageClassName(*class)
	}
	if restore {
		spec.WithDataSource(dataSource(storage.DataSource))
	}

	claim := coreac.PersistentVolumeClaim(ClaimName(s), s.Namespace).
		WithLabels(Labels(s)).
		WithAnnotations(annotations[string](s, nil)).
		WithSpec(spec)
	if !Retains(s) {
		claim.WithOwnerReferences(ownerReference(s))
	}
	return claim
}

func dataSource(source *v1alpha1.VolumeDataSource) *coreac.TypedLocalObjectReferenceApplyConfiguration {
	reference := coreac.TypedLocalObjectReference().WithKind(string(source.Kind)).WithName(source.Name)
	if source.Kind == v1alpha1.DataSourceSnapshot {
		reference.WithAPIGroup(snapshotGroup)
	}
	return reference
}
