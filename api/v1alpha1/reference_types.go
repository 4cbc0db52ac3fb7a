package v1alpha1

// SecretReference names a Secret in the session's namespace.
type SecretReference struct {
	// name is the Secret's name. Another name replaces the pod, unless the pod has
	// that Secret already: Secrets are mounted, and a pod's mounts are fixed.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
}

// SecretKeyReference names one entry in a Secret in the session's namespace.
type SecretKeyReference struct {
	// name is the Secret's name. Another name replaces the pod, unless the pod has
	// that Secret already: Secrets are mounted, and a pod's mounts are fixed.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`

	// key is the entry's key. Another key does not restart the pod.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[-._a-zA-Z0-9]+$`
	Key string `json:"key"`
}
