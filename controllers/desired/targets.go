package desired

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/addresses"
	"github.com/wasession/wasession/api/v1alpha1"
)

// target is a host that the session connects to, and its port; 0 means any.
type target struct {
	host string
	port int32
}

// targets returns the hosts named in the spec and the operator's flags.
func targets(s *v1alpha1.WhatsAppSession, settings Settings) []target {
	var urls []string
	for _, webhook := range s.Spec.Webhooks {
		urls = append(urls, webhook.URL)
	}
	if media := s.Spec.Storage.Media; media != nil && media.S3 != nil {
		urls = append(urls, media.S3.Endpoint)
	}
	if s.Spec.Proxy != nil {
		urls = append(urls, s.Spec.Proxy.URL)
	}
	urls = append(urls, settings.WhatsAppEndpoint)

	var all []target
	for _, text := range urls {
		if u, err := url.Parse(text); err == nil && u.Hostname() != "" {
			all = append(all, target{addresses.Host(u.Hostname()), portOf(u)})
		}
	}
	for _, host := range allowed(s, settings).Hosts {
		all = append(all, target{host: host})
	}
	return all
}

// allowed returns what may be reached besides public addresses. Entries were
// validated before; invalid ones are left out.
func allowed(s *v1alpha1.WhatsAppSession, settings Settings) addresses.Allow {
	entries := slices.Clone(settings.EgressAllow)
	if s.Spec.Egress != nil {
		for _, entry := range s.Spec.Egress.Allow {
			entries = append(entries, string(entry))
		}
	}
	var all addresses.Allow
	for _, entry := range entries {
		if one, err := addresses.ParseAllow([]string{entry}); err == nil {
			all.Prefixes = append(all.Prefixes, one.Prefixes...)
			all.Hosts = append(all.Hosts, one.Hosts...)
		}
	}
	return all
}

func portOf(u *url.URL) int32 {
	if port, err := strconv.ParseUint(u.Port(), 10, 16); err == nil {
		return int32(port)
	}
	return map[string]int32{"http": 80, "https": 443, "socks5": 1080}[u.Scheme]
}

// ServiceNames returns the Services that the spec and the operator's flags may
// refer to, unique and sorted. They need not exist: "example.com" could be a
// Service too.
func ServiceNames(s *v1alpha1.WhatsAppSession, settings Settings) []types.NamespacedName {
	var names []types.NamespacedName
	for _, target := range targets(s, settings) {
		if name, ok := serviceName(target.host, s.Namespace); ok {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b types.NamespacedName) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(names)
}

// serviceName returns the Service that a host name means to a pod in a
// namespace: "name", "name.namespace", or "name.namespace.svc" with the
// cluster's domain and possibly a pod's name in front.
func serviceName(host, namespace string) (types.NamespacedName, bool) {
	if _, err := netip.ParseAddr(host); err == nil || strings.HasPrefix(host, "*") {
		return types.NamespacedName{}, false
	}
	labels := strings.Split(host, ".")
	if svc := slices.Index(labels, "svc"); svc >= 2 {
		return types.NamespacedName{Namespace: labels[svc-1], Name: labels[svc-2]}, true
	}
	switch len(labels) {
	case 1:
		return types.NamespacedName{Namespace: namespace, Name: host}, host != "localhost"
	case 2:
		return types.NamespacedName{Namespace: labels[1], Name: labels[0]}, true
	}
	return types.NamespacedName{}, false
}
