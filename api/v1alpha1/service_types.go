package v1alpha1

// ServiceType is whether a session's Service has an address of its own.
//
// +kubebuilder:validation:Enum=ClusterIP;Headless
type ServiceType string

const (
	// ServiceClusterIP is a Service with an address in the cluster's service
	// range, which every node routes to the pod.
	ServiceClusterIP ServiceType = "ClusterIP"
	// ServiceHeadless is a Service without an address: its name resolves to the
	// pod's. It takes nothing from the service range and adds no rules to nodes.
	ServiceHeadless ServiceType = "Headless"
)

// ServiceSpec customizes the session's Service. A change does not restart the
// pod.
type ServiceSpec struct {
	// type is ClusterIP, or Headless to take no address in the cluster's service
	// range. Defaults to the operator's --service-type, which defaults to
	// ClusterIP. Some Ingress controllers and Gateways cannot route to a headless
	// Service. A change replaces the Service, as its address cannot change:
	// for a moment its name does not resolve.
	// +optional
	Type ServiceType `json:"type,omitempty"`

	// labels are added to the Service. Keys that start with wasession.dev/ or
	// app.kubernetes.io/ are reserved for the operator. At most 64.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.startsWith('wasession.dev/') && !k.startsWith('app.kubernetes.io/'))",message="keys that start with wasession.dev/ or app.kubernetes.io/ are set by the operator: remove them"
	// +kubebuilder:validation:XValidation:rule="self.all(k, k.size() <= 317 && k.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'))",message="must have keys that Kubernetes takes for labels, such as team or example.com/team: at most 63 letters, digits, '-', '_' and '.', after an optional DNS name and '/'"
	Labels map[string]LabelValue `json:"labels,omitempty"`

	// annotations are added to the Service. Keys that start with wasession.dev/
	// are reserved for the operator. At most 64.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.startsWith('wasession.dev/'))",message="keys that start with wasession.dev/ are set by the operator: remove them"
	// +kubebuilder:validation:XValidation:rule="self.all(k, k.size() <= 317 && k.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'))",message="must have keys that Kubernetes takes for annotations, such as team or example.com/team: at most 63 letters, digits, '-', '_' and '.', after an optional DNS name and '/'"
	Annotations map[string]AnnotationValue `json:"annotations,omitempty"`
}
