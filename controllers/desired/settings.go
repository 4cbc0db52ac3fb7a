package desired

import (
	corev1 "k8s.io/api/core/v1"
)

// Settings are the operator's flags, as far as objects depend on them. A change
// of any of them replaces every pod, paced by the rollout manager.
type Settings struct {
	// RuntimeImage is the image of sessions that name none.
	RuntimeImage string
	// ImagePullPolicy is for sessions that name none; empty leaves it to the cluster.
	ImagePullPolicy corev1.PullPolicy
	// WhatsAppEndpoint and WhatsAppRootKey point sessions at a simulator; both
	// or neither. They are flags and no field of the resource, so that whoever
	// may write sessions cannot point a number elsewhere.
	WhatsAppEndpoint string
	WhatsAppRootKey  string
	// ListenAddress is where the runtime listens inside its pod; empty means its
	// port on all addresses. Where pods share one network, as those of the local
	// node do, "[$(POD_IP)]:3000" keeps them apart.
	ListenAddress string
	// EgressAllow are CIDRs and host names that all sessions may reach although
	// they are not public.
	EgressAllow []string
	// AllowLoopback lets the targets that a resource names be on the pod's own
	// machine, as those of a local node are.
	AllowLoopback bool
	// OperatorKeys are the public keys of the operator's tokens, in base64.
	OperatorKeys []string
	// Resources are for sessions that name none.
	Resources corev1.ResourceRequirements
}
