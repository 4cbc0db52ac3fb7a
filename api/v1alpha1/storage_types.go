package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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

// StorageSpec is the session's volume. One session has one volume, and it must
// not be in use by two pods at once.
//
// +kubebuilder:validation:XValidation:rule="has(self.storageClassName) == has(oldSelf.storageClassName) && (!has(self.storageClassName) || self.storageClassName == oldSelf.storageClassName)",message="storage.storageClassName cannot change once the session exists, as a claim keeps its class: create a session with another name, or restore a snapshot through storage.dataSource"
// +kubebuilder:validation:XValidation:rule="!has(oldSelf.accessMode) || (has(self.accessMode) && self.accessMode == oldSelf.accessMode)",message="storage.accessMode cannot change once the session exists, as a claim keeps its mode: create a session with another name, or restore a snapshot through storage.dataSource"
// +kubebuilder:validation:XValidation:rule=`(has(self.existingClaim) ? self.existingClaim : "") == (has(oldSelf.existingClaim) ? oldSelf.existingClaim : "")`,message="storage.existingClaim cannot change once the session exists: another volume is another pairing, so create a session with another name"
// +kubebuilder:validation:XValidation:rule="has(self.dataSource) == has(oldSelf.dataSource) && (!has(self.dataSource) || self.dataSource == oldSelf.dataSource)",message="storage.dataSource cannot change once the session exists, as a volume is restored only when it is created: create a session with another name"
// +kubebuilder:validation:XValidation:rule="!has(self.existingClaim) || self.existingClaim.size() == 0 || !has(self.dataSource)",message="storage.existingClaim and storage.dataSource are mutually exclusive: adopt a claim, or create one from a snapshot or another claim"
// +kubebuilder:validation:XValidation:rule="(has(self.existingClaim) && self.existingClaim.size() > 0) || !has(self.media) || !has(self.media.maxSize) || !has(self.size) || !isQuantity(string(self.size)) || !isQuantity(string(self.media.maxSize)) || quantity(string(self.media.maxSize)).isLessThan(quantity(string(self.size)))",message="storage.media.maxSize must be smaller than storage.size: the chats need space as well"
type StorageSpec struct {
	// size is the size of the volume. Defaults to 2Gi. Must be at least 64Mi. It
	// can grow if the storage class allows expansion, but not shrink. Ignored with
	// existingClaim.
	// +optional
	// +kubebuilder:default="2Gi"
	// +kubebuilder:validation:XValidation:rule="isQuantity(string(self)) && quantity(string(self)).compareTo(quantity('64Mi')) >= 0",message="storage.size must be a quantity of at least 64Mi, such as 2Gi"
	// +kubebuilder:validation:XValidation:rule="!isQuantity(string(self)) || quantity(string(self)).compareTo(quantity(string(oldSelf))) >= 0",message="storage.size cannot shrink: set it to its previous value or more"
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

	// whenDeleted is what happens to the volume, and so of the pairing and the
	// chats, when the session is deleted: Retain (default) keeps the claim for a
	// later session of the same name; Delete deletes it. A claim adopted through
	// existingClaim is never deleted.
	// +optional
	// +kubebuilder:default=Retain
	WhenDeleted VolumeDeletionPolicy `json:"whenDeleted,omitempty"`

	// otherAccounts is what happens to the chats and files of a number when the
	// session is linked to another one. Each number has its own and never sees
	// another's. Keep (default) leaves them on the volume until that number is
	// linked again; Delete removes them once the other one is connected.
	// +optional
	// +kubebuilder:default=Keep
	OtherAccounts OtherAccountsPolicy `json:"otherAccounts,omitempty"`

	// existingClaim adopts a claim in the session's namespace. By default a claim
	// is created. Of several sessions that use one claim, only the oldest runs; the
	// others are Stalled with reason ClaimInUse until it is gone. Mutually exclusive
	// with dataSource. Immutable.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule=`self == "" || self.matches('^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$')`,message="must be the name of a PersistentVolumeClaim in the session's namespace"
	ExistingClaim string `json:"existingClaim,omitempty"`

	// dataSource creates the volume from a snapshot or another claim. Where a
	// session of this name has left a claim that was not created from it, the
	// session is Stalled with reason DataSourceIgnored: delete the claim to restore.
	// Mutually exclusive with existingClaim. Immutable.
	// +optional
	DataSource *VolumeDataSource `json:"dataSource,omitempty"`

	// media configures the storage of media files: pictures, voice messages,
	// documents. By default they take up to half of the volume; beyond that the
	// oldest are removed.
	// +optional
	Media *MediaSpec `json:"media,omitempty"`
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

// MediaSpec configures the storage of media files.
//
// +kubebuilder:validation:XValidation:rule="!(has(self.s3) && has(self.maxSize))",message="storage.media.maxSize limits media on the volume, and storage.media.s3 keeps media off it: remove one of them, and limit a bucket with storage.media.retention"
type MediaSpec struct {
	// retention is how long a file is kept after it arrived, such as 720h for 30
	// days. Must be at least 1h. Without it, files are kept until space is needed.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.size() > 0 && self.matches('^([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,7}s)?$') && duration(self) >= duration('1h')",message="must be a duration of at least 1h, written in h, m and s: 720h is 30 days"
	Retention *metav1.Duration `json:"retention,omitempty"`

	// maxSize is how much space media files may take; beyond it the oldest are
	// removed. Must be at least 16Mi and, without existingClaim, less than
	// storage.size. Defaults to half of the volume. Not allowed with s3.
	// +optional
	// +kubebuilder:validation:XValidation:rule="isQuantity(string(self)) && quantity(string(self)).compareTo(quantity('16Mi')) >= 0",message="storage.media.maxSize must be a quantity of at least 16Mi, such as 1Gi"
	MaxSize *resource.Quantity `json:"maxSize,omitempty"`

	// s3 keeps files in a bucket instead of on the volume.
	// +optional
	S3 *S3Spec `json:"s3,omitempty"`
}

// S3Spec is a bucket of Amazon S3 or an S3-compatible server.
type S3Spec struct {
	// bucket is the bucket's name. It must exist.
	// +required
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9][-.a-z0-9]+[a-z0-9]$')",message="must be a bucket name: 3 to 63 of a-z, 0-9, '.' and '-', starting and ending with a letter or digit"
	Bucket string `json:"bucket"`

	// region is the bucket's region. Defaults to us-east-1, which most
	// S3-compatible servers accept.
	// +optional
	// +kubebuilder:default="us-east-1"
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Region string `json:"region,omitempty"`

	// endpoint is the server's URL, http or https, without user and password. It
	// may be inside the cluster, like a webhook's URL. Defaults to Amazon's
	// endpoint for the region.
	// +optional
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="isURL(self) && self.matches('^https?://[^/?#@ ]+/?$')",message="must be http:// or https:// with a host, without user, password, path or query: put credentials into secretRef"
	Endpoint string `json:"endpoint,omitempty"`

	// prefix is prepended to the key of every object, such as "whatsapp/". A key
	// is {prefix}{session}/{message id}.{extension}. Defaults to empty.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	Prefix string `json:"prefix,omitempty"`

	// forcePathStyle puts the bucket into the path of the URL instead of the host
	// name. Most S3-compatible servers need it. Defaults to false.
	// +optional
	ForcePathStyle bool `json:"forcePathStyle,omitempty"`

	// secretRef names the Secret with the credentials, in its entries
	// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
	// +required
	SecretRef SecretReference `json:"secretRef"`
}
