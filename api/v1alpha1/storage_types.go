package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// VolumeDeletionPolicy is what happens to a session's volume when the session
// is deleted.
//
// +kubebuilder:validation:Enum=Retain;Delete
type VolumeDeletionPolicy string

// OtherAccountsPolicy is what happens to the data of numbers that were linked
// to the session before.
//
// +kubebuilder:validation:Enum=Keep;Delete
type OtherAccountsPolicy string

const (
	// OtherAccountsKeep keeps the data: it is available again when that number is
	// linked again.
	OtherAccountsKeep OtherAccountsPolicy = "Keep"
	// OtherAccountsDelete removes the data once another number is connected.
	OtherAccountsDelete OtherAccountsPolicy = "Delete"
)

const (
	// VolumeRetain keeps the claim: a new session of the same name reuses it and
	// is still paired.
	VolumeRetain VolumeDeletionPolicy = "Retain"
	// VolumeDelete deletes the claim, and with it the pairing and the chats.
	VolumeDelete VolumeDeletionPolicy = "Delete"
)

// StorageType is where a session's volume comes from.
//
// +kubebuilder:validation:Enum=Claim;ExistingClaim
type StorageType string

const (
	// StorageClaim is a claim that the operator creates.
	StorageClaim StorageType = "Claim"
	// StorageExistingClaim is a claim that is there already.
	StorageExistingClaim StorageType = "ExistingClaim"
)

// StorageSpec is the session's volume. One session has one volume, and it must
// not be in use by two pods at once.
//
// +kubebuilder:validation:XValidation:rule="self.type != 'ExistingClaim' || has(self.existingClaim)",message="storage.type ExistingClaim needs storage.existingClaim: the name of the claim to adopt"
// +kubebuilder:validation:XValidation:rule="self.type == 'ExistingClaim' || !has(self.existingClaim)",message="storage.existingClaim is for storage.type ExistingClaim only: set storage.type, or remove storage.existingClaim"
// +kubebuilder:validation:XValidation:rule="self.type != 'ExistingClaim' || !has(self.claim)",message="storage.claim is for storage.type Claim only: an adopted claim keeps its size, class and mode, so remove storage.claim"
// +kubebuilder:validation:XValidation:rule=`(has(self.existingClaim) ? self.existingClaim : "") == (has(oldSelf.existingClaim) ? oldSelf.existingClaim : "")`,message="storage.existingClaim cannot change once the session exists: another volume is another pairing, so create a session with another name"
// +kubebuilder:validation:XValidation:rule="has(self.claim) || !has(oldSelf.claim) || !has(oldSelf.claim.storageClassName) && !has(oldSelf.claim.dataSource) && oldSelf.claim.accessMode == 'ReadWriteOncePod' && isQuantity(string(oldSelf.claim.size)) && quantity(string(oldSelf.claim.size)).compareTo(quantity('2Gi')) <= 0",message="storage.claim cannot be removed once the session exists, as the claim keeps its class, mode, source and size: write storage.claim as it was"
// +kubebuilder:validation:XValidation:rule="self.type == 'ExistingClaim' || !has(self.media) || !has(self.media.volume) || !has(self.media.volume.maxSize) || !isQuantity(string(self.media.volume.maxSize)) || (has(self.claim) ? !isQuantity(string(self.claim.size)) || quantity(string(self.media.volume.maxSize)).isLessThan(quantity(string(self.claim.size))) : quantity(string(self.media.volume.maxSize)).isLessThan(quantity('2Gi')))",message="storage.media.volume.maxSize must be smaller than storage.claim.size: the chats need space as well"
type StorageSpec struct {
	// type is Claim (default) for a claim that the operator creates as
	// storage.claim says, or ExistingClaim for the one that storage.existingClaim
	// names. Immutable.
	// +optional
	// +unionDiscriminator
	// +kubebuilder:default=Claim
	Type StorageType `json:"type,omitempty"`

	// claim describes the claim to create. Only with type Claim.
	// +optional
	Claim ClaimSpec `json:"claim,omitzero"`

	// existingClaim is the name of a claim in the session's namespace. It is
	// adopted as it is, and never changed or deleted. Of several sessions that use
	// one claim, only the oldest runs; the others are Stalled with reason
	// ClaimInUse until it is gone. Only with type ExistingClaim, which needs it.
	// Immutable.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$')",message="must be the name of a PersistentVolumeClaim in the session's namespace"
	ExistingClaim string `json:"existingClaim,omitempty"`

	// otherAccounts is what happens to the chats and files of a number when the
	// session is linked to another one. Each number has its own and never sees
	// another's. Keep (default) leaves them on the volume until that number is
	// linked again; Delete removes them once the other one is connected. A change
	// does not restart the pod.
	// +optional
	// +kubebuilder:default=Keep
	OtherAccounts OtherAccountsPolicy `json:"otherAccounts,omitempty"`

	// media configures the storage of media files: pictures, voice messages,
	// documents. By default they take up to half of the volume; beyond that the
	// oldest are removed.
	// +optional
	Media *MediaSpec `json:"media,omitempty"`
}

// ClaimSpec is the claim that the operator creates for a session.
//
// +kubebuilder:validation:XValidation:rule="has(self.storageClassName) == has(oldSelf.storageClassName) && (!has(self.storageClassName) || self.storageClassName == oldSelf.storageClassName)",message="storage.claim.storageClassName cannot change once the session exists, as a claim keeps its class: create a session with another name, or restore a snapshot through storage.claim.dataSource"
// +kubebuilder:validation:XValidation:rule="!has(oldSelf.accessMode) || (has(self.accessMode) && self.accessMode == oldSelf.accessMode)",message="storage.claim.accessMode cannot change once the session exists, as a claim keeps its mode: create a session with another name, or restore a snapshot through storage.claim.dataSource"
// +kubebuilder:validation:XValidation:rule="has(self.dataSource) == has(oldSelf.dataSource) && (!has(self.dataSource) || self.dataSource == oldSelf.dataSource)",message="storage.claim.dataSource cannot change once the session exists, as a volume is restored only when it is created: create a session with another name"
type ClaimSpec struct {
	// size is the size of the volume. Defaults to 2Gi. Must be at least 64Mi. It
	// can grow if the storage class allows expansion, but not shrink. A change
	// does not restart the pod.
	// +optional
	// +kubebuilder:default="2Gi"
	// +kubebuilder:validation:XValidation:rule="isQuantity(string(self)) && quantity(string(self)).compareTo(quantity('64Mi')) >= 0",message="storage.claim.size must be a quantity of at least 64Mi, such as 2Gi"
	// +kubebuilder:validation:XValidation:rule="!isQuantity(string(self)) || quantity(string(self)).compareTo(quantity(string(oldSelf))) >= 0",message="storage.claim.size cannot shrink: set it to its previous value or more"
	Size resource.Quantity `json:"size,omitzero"`

	// storageClassName is the storage class of the claim. Defaults to the
	// cluster's default class. An empty string means no class: the claim waits for
	// a volume provisioned by hand. Immutable.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	StorageClassName *string `json:"storageClassName,omitempty"`

	// accessMode is ReadWriteOncePod (default), with which the cluster prevents a
	// second pod from using the volume, or ReadWriteOnce for drivers that do not
	// support it. Immutable.
	// +optional
	// +kubebuilder:default=ReadWriteOncePod
	// +kubebuilder:validation:Enum=ReadWriteOncePod;ReadWriteOnce
	AccessMode corev1.PersistentVolumeAccessMode `json:"accessMode,omitempty"`

	// dataSource creates the volume from a snapshot or another claim. Defaults to
	// an empty volume. Where a session of this name has left a claim that was not
	// created from it, the session is Stalled with reason DataSourceIgnored: delete
	// the claim to restore. Immutable.
	// +optional
	DataSource *VolumeDataSource `json:"dataSource,omitempty"`

	// whenDeleted is what happens to the volume, and so to the pairing and the
	// chats, and to the generated API keys when the session is deleted: Retain
	// (default) keeps the claim and the Secret for a later session of the same name;
	// Delete deletes them. A change does not restart the pod.
	// +optional
	// +kubebuilder:default=Retain
	WhenDeleted VolumeDeletionPolicy `json:"whenDeleted,omitempty"`
}

// VolumeDataSourceKind is what a volume can be created from.
//
// +kubebuilder:validation:Enum=VolumeSnapshot;PersistentVolumeClaim
type VolumeDataSourceKind string

const (
	// DataSourceSnapshot is a VolumeSnapshot of snapshot.storage.k8s.io.
	DataSourceSnapshot VolumeDataSourceKind = "VolumeSnapshot"
	// DataSourceClaim is a claim that the storage driver clones.
	DataSourceClaim VolumeDataSourceKind = "PersistentVolumeClaim"
)

// VolumeDataSource names what a volume is created from, in the session's
// namespace. The copy holds the same pairing: the original session must not run
// at the same time, as WhatsApp closes the older of two connections.
type VolumeDataSource struct {
	// kind is VolumeSnapshot (default) or PersistentVolumeClaim.
	// +optional
	// +kubebuilder:default=VolumeSnapshot
	Kind VolumeDataSourceKind `json:"kind,omitempty"`

	// name is the snapshot's or claim's name.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
}
