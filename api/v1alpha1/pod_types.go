package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
)

// PodSpec is what the owner of a session decides about its pod. The rest, such
// as its security context and its probes, is the operator's: the pod runs as
// the restricted Pod Security Standard asks and has no Kubernetes credentials.
type PodSpec struct {
	// resources are the requests and limits of the runtime's container. Absent:
	// the operator's defaults.
	// +optional
	Resources *corev1.ResourceRequirements `json:"resources,omitempty"`

	// nodeSelector are labels that the node must have.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	NodeSelector map[string]string `json:"nodeSelector,omitempty"`

	// tolerations are the taints of nodes that the pod puts up with.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	Tolerations []corev1.Toleration `json:"tolerations,omitempty"`

	// affinity is which nodes and which other pods the pod wants to be near, or
	// far from.
	// +optional
	Affinity *corev1.Affinity `json:"affinity,omitempty"`

	// topologySpreadConstraints spread sessions over zones or nodes.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	TopologySpreadConstraints []corev1.TopologySpreadConstraint `json:"topologySpreadConstraints,omitempty"`

	// priorityClassName is the pod's priority class. Absent: the cluster's default.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	PriorityClassName string `json:"priorityClassName,omitempty"`

	// annotations are put on the pod. Keys of wasession.dev are the operator's
	// and refused. At most 64.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.startsWith('wasession.dev/'))",message="keys that begin with wasession.dev/ are set by the operator: remove them"
	Annotations map[string]string `json:"annotations,omitempty"`

	// labels are put on the pod. Keys of wasession.dev and app.kubernetes.io are
	// the operator's and refused. At most 64.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.startsWith('wasession.dev/') && !k.startsWith('app.kubernetes.io/'))",message="keys that begin with wasession.dev/ or app.kubernetes.io/ are set by the operator: remove them"
	Labels map[string]string `json:"labels,omitempty"`

	// image is the runtime's image. Absent: the operator's, so that sessions
	// follow its upgrades.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="self.matches('^[^\\\\s]+$')",message="must be the name of an image such as ghcr.io/wasession/wasession:v0.1.0"
	Image string `json:"image,omitempty"`

	// imagePullPolicy is Always, IfNotPresent or Never. Absent: Always for the
	// tag latest, else IfNotPresent.
	// +optional
	// +kubebuilder:validation:Enum=Always;IfNotPresent;Never
	ImagePullPolicy corev1.PullPolicy `json:"imagePullPolicy,omitempty"`

	// imagePullSecrets name Secrets with registry credentials in the session's
	// namespace. At most 16.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=16
	ImagePullSecrets []SecretReference `json:"imagePullSecrets,omitempty"`
}
