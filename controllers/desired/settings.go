package desired

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// Settings are the operator's flags that objects depend on. Most changes replace
// every pod, at the pace of the rollout manager.
type Settings struct {
	// RuntimeImage is the default image of sessions.
	RuntimeImage string
	// ImagePullPolicy is the default pull policy; empty leaves it to the cluster.
	ImagePullPolicy corev1.PullPolicy
	// WhatsAppEndpoint and WhatsAppRootKey point sessions at a simulator; both
	// or neither. They are flags, not fields of the resource, so that users who
	// can edit sessions cannot redirect a number.
	WhatsAppEndpoint string
	WhatsAppRootKey  string
	// ListenAddress is the address the runtime listens on; empty means its port
	// on all addresses. If pods share one network, as on the local node,
	// "[$(POD_IP)]:3000" avoids conflicts.
	ListenAddress string
	// EgressAllow are non-public CIDRs and host names that all sessions may reach.
	EgressAllow []string
	// AllowLoopback allows loopback addresses as targets in a session's spec, as
	// a local node needs.
	AllowLoopback bool
	// MetricsNamespaces are the namespaces from which the metrics of sessions may
	// be read without an API key. None: they are served on the API's port only.
	MetricsNamespaces []string
	// OperatorKeys are the public keys that verify the operator's tokens, in base64.
	OperatorKeys []string
	// GatewayKeys are those that verify the gateway's access tokens.
	GatewayKeys []string
	// Resources are the default resources of sessions.
	Resources corev1.ResourceRequirements
	// ImagePullSecrets are the default pull secrets of sessions, in their own
	// namespaces.
	ImagePullSecrets []string
	// PriorityClassName is the default priority class of sessions.
	PriorityClassName string
	// Tolerations are the default tolerations of sessions.
	Tolerations []corev1.Toleration
	// AllowedNamespaces are the namespaces whose pods may reach every session's
	// API; none, and none of the session's, means all.
	AllowedNamespaces []string
	// OperatorNamespace is the operator's own, which always may.
	OperatorNamespace string
	// ServiceType is the default type of the sessions' Services; empty means
	// ClusterIP.
	ServiceType v1alpha1.ServiceType

	// part is set by Prepared.
	part *operatorPart
}
