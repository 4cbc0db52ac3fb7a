package v1alpha1

// HostName is a DNS name in lower case, whose first label may be "*".
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=253
// +kubebuilder:validation:XValidation:rule="!isIP(self) && self.matches('^([*][.])?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?([.][a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$')",message="must be a DNS name in lower case, such as sales.example.com, or *.example.com"
type HostName string

// ExposureSpec is how a session's chat API is reached from outside the cluster.
// The API keys decide who may call it. A change does not restart the pod.
type ExposureSpec struct {
	// ingress creates an Ingress of networking.k8s.io/v1 with the session's name.
	// It is removed with this field.
	// +optional
	Ingress *IngressSpec `json:"ingress,omitempty"`

	// httpRoute creates an HTTPRoute of gateway.networking.k8s.io/v1 with the
	// session's name. It is removed with this field. Without the Gateway API's
	// CRDs in the cluster the session is Stalled, and continues within a minute
	// of their installation.
	// +optional
	HTTPRoute *HTTPRouteSpec `json:"httpRoute,omitempty"`
}

// IngressSpec is an Ingress that routes to the session's Service.
type IngressSpec struct {
	// host is the host name to serve. Every path of it leads to the session.
	// +required
	Host HostName `json:"host"`

	// className is the Ingress class. Defaults to the cluster's default class.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$`
	ClassName string `json:"className,omitempty"`

	// annotations are added to the Ingress, for its controller, cert-manager or
	// external-dns. Keys that start with wasession.dev/ are reserved for the
	// operator. At most 64.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.startsWith('wasession.dev/'))",message="keys that start with wasession.dev/ are set by the operator: remove them"
	// +kubebuilder:validation:XValidation:rule="self.all(k, k.size() <= 317 && k.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'))",message="must have keys that Kubernetes takes for annotations, such as team or example.com/team: at most 63 letters, digits, '-', '_' and '.', after an optional DNS name and '/'"
	Annotations map[string]AnnotationValue `json:"annotations,omitempty"`

	// tls names the Secret with the host's certificate. Plain HTTP without it.
	// +optional
	TLS *IngressTLS `json:"tls,omitempty"`
}

// IngressTLS is the certificate of an Ingress.
type IngressTLS struct {
	// secretName is a Secret of type kubernetes.io/tls in the session's namespace.
	// It need not exist yet: cert-manager creates it from the Ingress.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$`
	SecretName string `json:"secretName"`
}

// HTTPRouteSpec is a Gateway API HTTPRoute that routes to the session's
// Service.
type HTTPRouteSpec struct {
	// parentRefs are the Gateways to attach to, each once. Must have 1 to 16
	// entries.
	// +required
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:XValidation:rule="self.all(p, self.exists_one(q, q == p))",message="parentRefs has an entry twice: remove one"
	ParentRefs []GatewayReference `json:"parentRefs"`

	// hostnames are the host names to serve. Defaults to those of the Gateway. At
	// most 16.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=16
	Hostnames []HostName `json:"hostnames,omitempty"`

	// annotations are added to the HTTPRoute. Keys that start with wasession.dev/
	// are reserved for the operator. At most 64.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.startsWith('wasession.dev/'))",message="keys that start with wasession.dev/ are set by the operator: remove them"
	// +kubebuilder:validation:XValidation:rule="self.all(k, k.size() <= 317 && k.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'))",message="must have keys that Kubernetes takes for annotations, such as team or example.com/team: at most 63 letters, digits, '-', '_' and '.', after an optional DNS name and '/'"
	Annotations map[string]AnnotationValue `json:"annotations,omitempty"`
}

// GatewayReference names a Gateway, or one listener of it.
type GatewayReference struct {
	// group is the API group of the parent. Defaults to gateway.networking.k8s.io.
	// Empty means the core group.
	// +optional
	// +kubebuilder:default=gateway.networking.k8s.io
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$`
	Group *string `json:"group,omitempty"`

	// kind is the kind of the parent, such as Gateway (default) or ListenerSet.
	// +optional
	// +kubebuilder:default=Gateway
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:Pattern=`^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$`
	Kind string `json:"kind,omitempty"`

	// name is the Gateway's name.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`

	// namespace is the Gateway's namespace. Defaults to the session's.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`
	Namespace string `json:"namespace,omitempty"`

	// sectionName is the listener's name. Defaults to every listener that accepts
	// the route.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`
	SectionName string `json:"sectionName,omitempty"`

	// port is the listener's port. Defaults to any port.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	Port *int32 `json:"port,omitempty"`
}
