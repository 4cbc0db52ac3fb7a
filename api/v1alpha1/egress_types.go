package v1alpha1

// EgressTarget is a non-public target that a session may reach: a CIDR, an
// address, or a host name, in which a leading "*." stands for one or more
// labels.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:XValidation:rule="isCIDR(self) || isIP(self) || self.lowerAscii().matches('^([*][.])?([a-z0-9]([-_a-z0-9]{0,61}[a-z0-9])?[.])*[a-z]([-_a-z0-9]{0,61}[a-z0-9])?[.]?$')",message="must be a CIDR such as 10.1.0.0/16, or a host name such as files.example.com or *.example.com"
type EgressTarget string

// EgressSpec lists the non-public targets that callers of the session's chat
// API may have it reach. Webhooks, S3 and the proxy, which the resource itself
// names, may be inside the cluster without being listed here. Loopback and
// link-local addresses, cloud metadata and the Kubernetes API server are never
// reachable unless a CIDR here names them or, for the resource's own targets,
// the operator's --egress-allow does. A change does not restart the pod.
type EgressSpec struct {
	// allow lists the non-public targets from which files to send and link
	// previews may be fetched: CIDRs, addresses and host names, "*.example.com"
	// for all names below example.com. A host that is listed by name may have a
	// private address, but not a loopback, link-local or cloud metadata address:
	// those need a CIDR. At most 64 entries.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=64
	Allow []EgressTarget `json:"allow,omitempty"`
}
