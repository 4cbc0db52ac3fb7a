package waha

import wasession "github.com/wasession/wasession/api/v1alpha1/applyconfiguration/api/v1alpha1"

// secrets are the references to the Secrets of a configuration: those of proxies by
// URL, and the keys and headers of webhooks by name.
type secrets struct {
	proxies, headers map[string]*wasession.SecretReferenceApplyConfiguration
	keys             map[string]*wasession.SecretKeyReferenceApplyConfiguration
}

// secretsOf are the references of what was applied.
func secretsOf(spec *wasession.WhatsAppSessionSpecApplyConfiguration) secrets {
	s := secrets{
		proxies: map[string]*wasession.SecretReferenceApplyConfiguration{},
		headers: map[string]*wasession.SecretReferenceApplyConfiguration{},
		keys:    map[string]*wasession.SecretKeyReferenceApplyConfiguration{},
	}
	if p := spec.Proxy; p != nil && p.URL != nil && p.SecretRef != nil {
		s.proxies[*p.URL] = p.SecretRef
	}
	for _, hook := range spec.Webhooks {
		if hook.HMACSecretRef != nil {
			s.keys[*hook.Name] = hook.HMACSecretRef
		}
		if hook.HeadersSecretRef != nil {
			s.headers[*hook.Name] = hook.HeadersSecretRef
		}
	}
	return s
}

// names are the names of the Secrets.
func (s secrets) names() map[string]bool {
	all := map[string]bool{}
	for _, refs := range []map[string]*wasession.SecretReferenceApplyConfiguration{s.proxies, s.headers} {
		for _, ref := range refs {
			all[*ref.Name] = true
		}
	}
	for _, ref := range s.keys {
		all[*ref.Name] = true
	}
	return all
}
