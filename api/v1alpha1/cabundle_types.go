package v1alpha1

// CABundleKind is the kind of object that holds certificates.
//
// +kubebuilder:validation:Enum=ConfigMap;Secret
type CABundleKind string

const (
	// CABundleConfigMap is a ConfigMap, as trust-manager writes them.
	CABundleConfigMap CABundleKind = "ConfigMap"
	// CABundleSecret is a Secret, of which only the one entry is mounted.
	CABundleSecret CABundleKind = "Secret"
)

// CABundleReference names certificates of authorities, in PEM.
type CABundleReference struct {
	// kind is ConfigMap (default) or Secret.
	// +optional
	// +kubebuilder:default=ConfigMap
	Kind CABundleKind `json:"kind,omitempty"`

	// name is the name of the object, in the session's namespace.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$`
	Name string `json:"name"`

	// key is the entry with the certificates. Defaults to ca.crt.
	// +optional
	// +kubebuilder:default="ca.crt"
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[-._a-zA-Z0-9]+$`
	Key string `json:"key,omitempty"`
}
