package v1alpha1

// EgressTarget is something that a session may reach although it is not public:
// a CIDR, an address, or a host name, in which "*." at the beginning stands for
// one or more labels.
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:XValidation:rule="isCIDR(self) || isIP(self) || self.lowerAscii().matches('^([*][.])?([a-z0-9]([-_a-z0-9]{0,61}[a-z0-9])?[.])*[a-z]([-_a-z0-9]{0,61}[a-z0-9])?[.]?$')",message="must be a CIDR such as 10.1.0.0/16, or a host name such as files.example.com or *.example.com"
type EgressTarget string

// EgressSpec is what callers of the session's chat API may have it reach beside
// public addresses. Webhooks, S3 and the proxy, which the resource names itself,
// may be inside the cluster without being listed here. Nothing reaches
// loopback and link-local addresses, cloud metadata or the Kubernetes API server,
// unless a CIDR here, or for the resource's own targets the operator's
// --egress-allow, names them. A change does not restart the pod.
type EgressSpec struct {
	// allow lists what files to be sent and link previews may be fetched from
	// although it is not public: CIDRs, addresses and host names, "*.example.com"
	// for all names below example.com. A host that is listed by name may have a private
	// address, but none that is loopback, link-local or cloud metadata: those take a
	// CIDR. At most 64 entries.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=64
	Allow []EgressTarget `json:"allow,omitempty"`
}
