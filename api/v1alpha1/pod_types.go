package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
)

// PodSpec customizes the session's pod. The operator sets the rest, such as the
// security context and probes: the pod meets the restricted Pod Security
// Standard and has no Kubernetes credentials.
type PodSpec struct {
	// resources are the requests and limits of the runtime's container. Defaults
	// to the operator's settings. claims is not allowed: a session has no use for
	// devices.
	// +optional
	// +kubebuilder:validation:XValidation:rule="!has(self.claims)",message="pod.resources.claims is not supported, as the session's pod has no resource claims: remove it and use requests and limits"
	Resources *corev1.ResourceRequirements `json:"resources,omitempty"`

	// nodeSelector are labels that the node must have. At most 64.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	// +kubebuilder:validation:XValidation:rule="self.all(k, k.size() <= 317 && k.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'))",message="must have keys that Kubernetes takes for labels, such as team or example.com/team: at most 63 letters, digits, '-', '_' and '.', after an optional DNS name and '/'"
	NodeSelector map[string]LabelValue `json:"nodeSelector,omitempty"`

	// tolerations are the node taints that the pod tolerates. They replace those
	// of the operator's --runtime-tolerations.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	Tolerations []corev1.Toleration `json:"tolerations,omitempty"`

	// affinity is the pod's node and pod affinity and anti-affinity.
	// +optional
	Affinity *corev1.Affinity `json:"affinity,omitempty"`

	// topologySpreadConstraints spread sessions across zones or nodes.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=16
	TopologySpreadConstraints []corev1.TopologySpreadConstraint `json:"topologySpreadConstraints,omitempty"`

	// priorityClassName is the pod's priority class. Defaults to the operator's
	// --runtime-priority-class, else to the cluster's default class.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	PriorityClassName string `json:"priorityClassName,omitempty"`

	// serviceAccountName is the pod's ServiceAccount in the session's namespace, for
	// image pull secrets and security policies that go by it. The pod gets no token
	// of it. Defaults to the namespace's default ServiceAccount.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$`
	ServiceAccountName string `json:"serviceAccountName,omitempty"`

	// annotations are added to the pod. Keys that start with wasession.dev/ are
	// reserved for the operator. At most 64.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.startsWith('wasession.dev/'))",message="keys that start with wasession.dev/ are set by the operator: remove them"
	// +kubebuilder:validation:XValidation:rule="self.all(k, k.size() <= 317 && k.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'))",message="must have keys that Kubernetes takes for annotations, such as team or example.com/team: at most 63 letters, digits, '-', '_' and '.', after an optional DNS name and '/'"
	// +kubebuilder:validation:XValidation:rule="self.map(k, k.size() + self[k].size()).sum() <= 131072",message="must have at most 131072 characters in all: put large values into a ConfigMap"
	Annotations map[string]AnnotationValue `json:"annotations,omitempty"`

	// labels are added to the pod. Keys that start with wasession.dev/ or
	// app.kubernetes.io/ are reserved for the operator. At most 64.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.startsWith('wasession.dev/') && !k.startsWith('app.kubernetes.io/'))",message="keys that start with wasession.dev/ or app.kubernetes.io/ are set by the operator: remove them"
	// +kubebuilder:validation:XValidation:rule="self.all(k, k.size() <= 317 && k.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'))",message="must have keys that Kubernetes takes for labels, such as team or example.com/team: at most 63 letters, digits, '-', '_' and '.', after an optional DNS name and '/'"
	Labels map[string]LabelValue `json:"labels,omitempty"`

	// image is the runtime's image. Defaults to the operator's setting, so that
	// sessions follow its upgrades.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="self.matches('^[^\\\\s]+$')",message="must be an image name such as ghcr.io/wasession/wasession:v0.1.0"
	Image string `json:"image,omitempty"`

	// imagePullPolicy is Always, IfNotPresent or Never. Defaults to Always for the
	// tag latest, otherwise to IfNotPresent.
	// +optional
	// +kubebuilder:validation:Enum=Always;IfNotPresent;Never
	ImagePullPolicy corev1.PullPolicy `json:"imagePullPolicy,omitempty"`

	// imagePullSecrets name Secrets with registry credentials in the session's
	// namespace. They replace those of the operator's --runtime-image-pull-secrets.
	// At most 16.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=16
	ImagePullSecrets []SecretReference `json:"imagePullSecrets,omitempty"`
}
