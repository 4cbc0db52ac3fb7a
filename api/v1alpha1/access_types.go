package v1alpha1

// APISpec configures access to the session's chat API.
type APISpec struct {
	// keysSecretRef names the Secret with the keys that clients send as X-Api-Key.
	// Its entry "api-key" is a key with full access; its optional entry
	// "keys.json" is a list of restricted keys. Defaults to the Secret
	// {session}-keys, for which the operator generates a key. A change of the
	// Secret's content takes effect without a restart.
	// +optional
	KeysSecretRef *SecretReference `json:"keysSecretRef,omitempty"`

	// allowedNamespaces are the namespaces whose pods the session's NetworkPolicy
	// lets reach the API, besides the session's own and the operator's, such as
	// that of the Ingress controller. They add to those of the operator's
	// --api-allowed-namespaces. Defaults to all namespaces if neither is set. A
	// change does not restart the pod.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=32
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=63
	// +kubebuilder:validation:items:Pattern=`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`
	AllowedNamespaces []string `json:"allowedNamespaces,omitempty"`

	// publicURL is the URL at which clients outside the cluster reach the API:
	// http or https with a host, without a path. File links in responses and
	// events start with it. Defaults to the host of the request, and in events to
	// the session's Service.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="isURL(self) && self.matches('^https?://[^/?#@ ]+$')",message="must be http:// or https:// with a host and nothing after it: https://sales.example.com"
	PublicURL string `json:"publicURL,omitempty"`

	// allowedOrigins are the origins whose web pages may call the API (CORS):
	// https://dashboard.example.com, or "*" for all. An empty list allows none.
	// Defaults to all: calls need a key from wherever they come. A change does not
	// restart the pod.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=32
	// +kubebuilder:validation:items:MaxLength=256
	// +kubebuilder:validation:items:Pattern=`^(\*|https?://[^/?#@ *]+)$`
	AllowedOrigins []string `json:"allowedOrigins,omitzero"`
}

// ProxySpec is a proxy between the session and WhatsApp. Webhooks do not use
// it.
type ProxySpec struct {
	// url is the proxy's URL: http, https or socks5 with a host and, unless it is
	// the scheme's default, a port. Must not contain a user or password. It may be
	// inside the cluster, like a webhook's URL.
	// +required
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="isURL(self) && self.matches('^(https?|socks5)://[^/?#@ ]+/?$')",message="must be http://, https:// or socks5:// with a host and port, without user and password: put credentials into proxy.secretRef"
	URL string `json:"url"`

	// secretRef names the Secret with the proxy's credentials, in its entries
	// username and password. No credentials are sent without it.
	// +optional
	SecretRef *SecretReference `json:"secretRef,omitempty"`
}
