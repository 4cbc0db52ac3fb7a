package v1alpha1

// APISpec is who may call the session's chat API, and where.
type APISpec struct {
	// keysSecretRef names the Secret with the keys that clients send as
	// X-Api-Key: its entry "api-key" is a key that may do everything, and its entry
	// "keys.json", which it need not have, a list of keys that may do less. Absent: the
	// operator generates a key into the Secret {session}-keys. A change does not restart
	// the pod.
	// +optional
	KeysSecretRef *SecretReference `json:"keysSecretRef,omitempty"`

	// publicURL is where clients outside the cluster reach the API: http or https
	// with a host, without a path. Links to files in answers and events begin with it.
	// Absent: the host that the request was made to; in events the session's Service.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="isURL(self) && self.matches('^https?://[^/?#@ ]+$')",message="must be http:// or https:// with a host, and nothing behind it: https://sales.example.com"
	PublicURL string `json:"publicURL,omitempty"`
}

// ProxySpec is a proxy between the session and WhatsApp. Webhooks do not go through it.
type ProxySpec struct {
	// url is the proxy's URL: http, https or socks5 with a host and, where it is
	// not the scheme's own, a port; without user and password. It may be inside the
	// cluster, as a webhook's URL may.
	// +required
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="isURL(self) && self.matches('^(https?|socks5)://[^/?#@ ]+/?$')",message="must be http://, https:// or socks5:// with a host and port, without user and password: credentials belong into proxy.secretRef"
	URL string `json:"url"`

	// secretRef names the Secret with the proxy's credentials, in its entries
	// username and password. Absent: none.
	// +optional
	SecretRef *SecretReference `json:"secretRef,omitempty"`
}
