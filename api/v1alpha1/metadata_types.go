package v1alpha1

// MetadataValue is a value of eventMetadata. Every event carries it.
//
// +kubebuilder:validation:MaxLength=1024
type MetadataValue string

// LabelValue is the value of a label: empty, or up to 63 letters, digits, '-',
// '_' and '.', starting and ending with a letter or digit.
//
// +kubebuilder:validation:MaxLength=63
// +kubebuilder:validation:XValidation:rule="self.matches('^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$')",message="must be the value of a label: letters, digits, '-', '_' and '.', starting and ending with a letter or digit"
type LabelValue string

// AnnotationValue is the value of an annotation.
//
// +kubebuilder:validation:MaxLength=16384
type AnnotationValue string

// InheritedMetadata are labels and annotations of everything that the operator
// creates for a session: its pod, claim, Service, ConfigMap, NetworkPolicy,
// Ingress and HTTPRoute. The Secret with generated keys gets them when it is
// created. Where a more specific field such as spec.pod.labels has the same
// key, that one applies.
type InheritedMetadata struct {
	// labels are added to every object. Keys that start with wasession.dev/ or
	// app.kubernetes.io/ are reserved for the operator. At most 32.
	// +optional
	// +kubebuilder:validation:MaxProperties=32
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.startsWith('wasession.dev/') && !k.startsWith('app.kubernetes.io/'))",message="keys that start with wasession.dev/ or app.kubernetes.io/ are set by the operator: remove them"
	// +kubebuilder:validation:XValidation:rule="self.all(k, k.size() <= 317 && k.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'))",message="must have keys that Kubernetes takes for labels, such as team or example.com/team: at most 63 letters, digits, '-', '_' and '.', after an optional DNS name and '/'"
	Labels map[string]LabelValue `json:"labels,omitempty"`

	// annotations are added to every object. Keys that start with wasession.dev/
	// are reserved for the operator. At most 32.
	// +optional
	// +kubebuilder:validation:MaxProperties=32
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.startsWith('wasession.dev/'))",message="keys that start with wasession.dev/ are set by the operator: remove them"
	// +kubebuilder:validation:XValidation:rule="self.all(k, k.size() <= 317 && k.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'))",message="must have keys that Kubernetes takes for annotations, such as team or example.com/team: at most 63 letters, digits, '-', '_' and '.', after an optional DNS name and '/'"
	Annotations map[string]AnnotationValue `json:"annotations,omitempty"`
}
