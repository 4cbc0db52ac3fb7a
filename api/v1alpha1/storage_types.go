package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// VolumeDeletionPolicy is what becomes of a session's volume when the session is deleted.
//
// +kubebuilder:validation:Enum=Retain;Delete
type VolumeDeletionPolicy string

// OtherAccountsPolicy says what becomes of the data of numbers that the session
// was linked to before.
//
// +kubebuilder:validation:Enum=Keep;Delete
type OtherAccountsPolicy string

const (
	// OtherAccountsKeep keeps it: it is back when that number is linked again.
	OtherAccountsKeep OtherAccountsPolicy = "Keep"
	// OtherAccountsDelete removes it once another number is connected.
	OtherAccountsDelete OtherAccountsPolicy = "Delete"
)

const (
	// VolumeRetain keeps the claim: a session of the same name takes it up again, paired.
	VolumeRetain VolumeDeletionPolicy = "Retain"
	// VolumeDelete deletes the claim, and with it the pairing and the chats.
	VolumeDelete VolumeDeletionPolicy = "Delete"
)

// StorageSpec is the session's volume. One session has one volume, and it must
// not be in use by two pods at once.
//
// +kubebuilder:validation:XValidation:rule="has(self.storageClassName) == has(oldSelf.storageClassName) && (!has(self.storageClassName) || self.storageClassName == oldSelf.storageClassName)",message="storage.storageClassName cannot change once the session exists, as a claim keeps its class: create a session with another name, or restore a snapshot through storage.dataSource"
// +kubebuilder:validation:XValidation:rule="!has(oldSelf.accessMode) || (has(self.accessMode) && self.accessMode == oldSelf.accessMode)",message="storage.accessMode cannot change once the session exists, as a claim keeps its mode: create a session with another name, or restore a snapshot through storage.dataSource"
// +kubebuilder:validation:XValidation:rule=`(has(self.existingClaim) ? self.existingClaim : "") == (has(oldSelf.existingClaim) ? oldSelf.existingClaim : "")`,message="storage.existingClaim cannot change once the session exists: another volume is another pairing, so create a session with another name"
// +kubebuilder:validation:XValidation:rule="has(self.dataSource) == has(oldSelf.dataSource) && (!has(self.dataSource) || self.dataSource == oldSelf.dataSource)",message="storage.dataSource cannot change once the session exists, as a volume is restored only when it is made: create a session with another name"
// +kubebuilder:validation:XValidation:rule="!has(self.existingClaim) || self.existingClaim.size() == 0 || !has(self.dataSource)",message="storage.existingClaim and storage.dataSource exclude each other: adopt a claim, or make one from a snapshot"
// +kubebuilder:validation:XValidation:rule="(has(self.existingClaim) && self.existingClaim.size() > 0) || !has(self.media) || !has(self.media.maxSize) || !has(self.size) || !isQuantity(string(self.size)) || !isQuantity(string(self.media.maxSize)) || quantity(string(self.media.maxSize)).isLessThan(quantity(string(self.size)))",message="storage.media.maxSize must be smaller than storage.size: the chats need room beside the media"
type StorageSpec struct {
	// size is how much the volume holds, as a quantity of bytes: 2Gi unless
	// told. At least 64Mi. It may grow, where the storage class allows
	// expansion, and never shrink. It is not looked at with existingClaim.
	// +optional
	// +kubebuilder:default="2Gi"
	// +kubebuilder:validation:XValidation:rule="isQuantity(string(self)) && quantity(string(self)).compareTo(quantity('64Mi')) >= 0",message="storage.size must be a quantity of at least 64Mi, such as 2Gi"
	// +kubebuilder:validation:XValidation:rule="!isQuantity(string(self)) || quantity(string(self)).compareTo(quantity(string(oldSelf))) >= 0",message="storage.size can grow but not shrink, as volumes cannot: set it to its former value or more"
	Size resource.Quantity `json:"size,omitzero"`

	// storageClassName is the storage class of the claim. Absent: the cluster's
	// default class. Empty: none, so that the claim waits for a volume made by hand.
	// Immutable.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	StorageClassName *string `json:"storageClassName,omitempty"`

	// accessMode is ReadWriteOncePod (default), which lets the cluster itself
	// keep a second pod away, or ReadWriteOnce where the driver lacks that.
	// Immutable.
	// +optional
	// +kubebuilder:default=ReadWriteOncePod
	// +kubebuilder:validation:Enum=ReadWriteOncePod;ReadWriteOnce
	AccessMode corev1.PersistentVolumeAccessMode `json:"accessMode,omitempty"`

	// whenDeleted is what becomes of the volume, and so of the pairing and the
	// chats, when the session is deleted: Retain (default) keeps the claim for a
	// later session of the same name; Delete deletes it. A claim adopted through
	// existingClaim is never deleted.
	// +optional
	// +kubebuilder:default=Retain
	WhenDeleted VolumeDeletionPolicy `json:"whenDeleted,omitempty"`

	// otherAccounts is what becomes of the chats and files of a number when the
	// session is linked to another one. Each number has its own; none sees those of
	// another. Keep (default) leaves them on the volume until that number is linked
	// again; Delete removes them once the other one is connected.
	// +optional
	// +kubebuilder:default=Keep
	OtherAccounts OtherAccountsPolicy `json:"otherAccounts,omitempty"`

	// existingClaim adopts a claim of the session's namespace instead of making
	// one; empty or absent: one is made. Excludes dataSource. Immutable.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule=`self == "" || self.matches('^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$')`,message="must be the name of a PersistentVolumeClaim in the session's namespace"
	ExistingClaim string `json:"existingClaim,omitempty"`

	// dataSource makes the volume from a snapshot or from another claim.
	// Excludes existingClaim. Immutable.
	// +optional
	DataSource *VolumeDataSource `json:"dataSource,omitempty"`

	// media bounds the files that messages carry: pictures, voice messages,
	// documents. Absent: they are kept on the volume, up to half of storage.size,
	// the oldest making room for the newest; with existingClaim, without a bound.
	// +optional
	Media *MediaSpec `json:"media,omitempty"`
}

// VolumeDataSourceKind is what a volume can be made from.
//
// +kubebuilder:validation:Enum=VolumeSnapshot;PersistentVolumeClaim
type VolumeDataSourceKind string

const (
	// DataSourceSnapshot is a VolumeSnapshot of snapshot.storage.k8s.io.
	DataSourceSnapshot VolumeDataSourceKind = "VolumeSnapshot"
	// DataSourceClaim is a claim that the storage driver clones.
	DataSourceClaim VolumeDataSourceKind = "PersistentVolumeClaim"
)

// VolumeDataSource names what a volume is made from, in the session's namespace.
// The copy holds the same pairing: the session it was taken from must not run at
// the same time, since WhatsApp ends the older of two connections.
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

// MediaSpec bounds the files that messages carry.
//
// +kubebuilder:validation:XValidation:rule="!(has(self.s3) && has(self.maxSize))",message="storage.media.maxSize bounds the volume and storage.media.s3 keeps media off it: remove one of the two, and bound a bucket with storage.media.retention"
type MediaSpec struct {
	// retention is how long a file is kept after it arrived, such as 720h for 30
	// days; at least 1h. Absent: until room is needed.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.size() > 0 && self.matches('^([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,7}s)?$') && duration(self) >= duration('1h')",message="must be a duration of at least 1h, written in h, m and s: 720h is 30 days"
	Retention *metav1.Duration `json:"retention,omitempty"`

	// maxSize is how much of the volume files may take, in bytes; the oldest
	// make room for the newest. At least 16Mi and less than storage.size. Absent:
	// half of storage.size, and no bound with existingClaim. Refused with s3.
	// +optional
	// +kubebuilder:validation:XValidation:rule="isQuantity(string(self)) && quantity(string(self)).compareTo(quantity('16Mi')) >= 0",message="storage.media.maxSize must be a quantity of at least 16Mi, such as 1Gi"
	MaxSize *resource.Quantity `json:"maxSize,omitempty"`

	// s3 keeps files in a bucket instead of on the volume.
	// +optional
	S3 *S3Spec `json:"s3,omitempty"`
}

// S3Spec is a bucket of Amazon S3, or of anything that speaks its protocol.
type S3Spec struct {
	// bucket is the bucket's name. It must exist.
	// +required
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9][-.a-z0-9]+[a-z0-9]$')",message="must be a bucket name: 3 to 63 of a-z, 0-9, '.' and '-', beginning and ending with a letter or digit"
	Bucket string `json:"bucket"`

	// region is the bucket's region: us-east-1 unless told, which most servers
	// that are not Amazon's accept.
	// +optional
	// +kubebuilder:default="us-east-1"
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Region string `json:"region,omitempty"`

	// endpoint is the server's URL, http or https, without user and password. It
	// may be inside the cluster, as a webhook's URL may.
	// Absent: Amazon's for the region.
	// +optional
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="isURL(self) && self.matches('^https?://[^/?#@ ]+/?$')",message="must be http:// or https:// with a host, without user, password, path or query: credentials belong into secretRef"
	Endpoint string `json:"endpoint,omitempty"`

	// prefix is put before the key of every object, such as "whatsapp/". A key is
	// {prefix}{session}/{message id}.{extension}. Empty unless told.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	Prefix string `json:"prefix,omitempty"`

	// forcePathStyle puts the bucket into the path of the URL instead of its
	// host name; servers that are not Amazon's mostly need it. False unless told.
	// +optional
	ForcePathStyle bool `json:"forcePathStyle,omitempty"`

	// secretRef names the Secret with the credentials, in its entries
	// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
	// +required
	SecretRef SecretReference `json:"secretRef"`
}
