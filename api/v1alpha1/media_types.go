package v1alpha1

import (
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// MediaType is where media files are kept.
//
// +kubebuilder:validation:Enum=Volume;S3
type MediaType string

const (
	// MediaVolume keeps files on the session's volume.
	MediaVolume MediaType = "Volume"
	// MediaS3 keeps files in a bucket.
	MediaS3 MediaType = "S3"
)

// MediaSpec configures the storage of media files. A change does not restart
// the pod, unless it names another Secret.
//
// +kubebuilder:validation:XValidation:rule="self.type != 'S3' || has(self.s3)",message="storage.media.type S3 needs storage.media.s3: the bucket and its credentials"
// +kubebuilder:validation:XValidation:rule="self.type == 'S3' || !has(self.s3)",message="storage.media.s3 is for storage.media.type S3 only: set storage.media.type, or remove storage.media.s3"
// +kubebuilder:validation:XValidation:rule="self.type == 'Volume' || !has(self.volume)",message="storage.media.volume is for storage.media.type Volume only: remove it, and limit a bucket with storage.media.retention"
type MediaSpec struct {
	// type is Volume (default) for files on the session's volume, or S3 for files
	// in a bucket.
	// +optional
	// +unionDiscriminator
	// +kubebuilder:default=Volume
	Type MediaType `json:"type,omitempty"`

	// retention is how long a file is kept after it arrived, such as 720h for 30
	// days. Must be at least 1h. Without it, files are kept until space is needed.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.size() > 0 && self.matches('^([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,7}s)?$') && duration(self) >= duration('1h')",message="must be a duration of at least 1h, written in h, m and s: 720h is 30 days"
	Retention *metav1.Duration `json:"retention,omitempty"`

	// volume limits files on the volume. Only with type Volume.
	// +optional
	Volume *MediaVolumeSpec `json:"volume,omitempty"`

	// s3 is the bucket. Only with type S3, which needs it.
	// +optional
	S3 *S3Spec `json:"s3,omitempty"`
}

// MediaVolumeSpec limits media files on the session's volume.
type MediaVolumeSpec struct {
	// maxSize is how much space media files may take; beyond it the oldest are
	// removed. Must be at least 16Mi and, unless the claim is adopted, less than
	// storage.claim.size. Defaults to half of the volume.
	// +optional
	// +kubebuilder:validation:XValidation:rule="isQuantity(string(self)) && quantity(string(self)).compareTo(quantity('16Mi')) >= 0",message="storage.media.volume.maxSize must be a quantity of at least 16Mi, such as 1Gi"
	MaxSize *resource.Quantity `json:"maxSize,omitempty"`
}

// S3Addressing is where a request names the bucket.
//
// +kubebuilder:validation:Enum=VirtualHost;Path
type S3Addressing string

const (
	// S3VirtualHost puts the bucket into the host name.
	S3VirtualHost S3Addressing = "VirtualHost"
	// S3Path puts the bucket into the path.
	S3Path S3Addressing = "Path"
)

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

	// addressing is where a request names the bucket: VirtualHost (default) in the
	// host name, or Path in the path of the URL, which most S3-compatible servers
	// need.
	// +optional
	// +kubebuilder:default=VirtualHost
	Addressing S3Addressing `json:"addressing,omitempty"`

	// secretRef names the Secret with the credentials, in its entries
	// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
	// +required
	SecretRef SecretReference `json:"secretRef"`
}
