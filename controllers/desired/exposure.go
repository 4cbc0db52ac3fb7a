package desired

import (
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	networkingac "k8s.io/client-go/applyconfigurations/networking/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayac "sigs.k8s.io/gateway-api/applyconfiguration/apis/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// IngressName is the name of the session's Ingress.
func IngressName(s *v1alpha1.WhatsAppSession) string { return s.Name }

// HTTPRouteName is the name of the session's HTTPRoute.
func HTTPRouteName(s *v1alpha1.WhatsAppSession) string { return s.Name }

// IngressSpec is what the session's Ingress should be; nil for none.
func IngressSpec(s *v1alpha1.WhatsAppSession) *v1alpha1.IngressSpec {
	if s.Spec.Exposure == nil {
		return nil
	}
	return s.Spec.Exposure.Ingress
}

// HTTPRouteSpec is what the session's HTTPRoute should be; nil for none.
func HTTPRouteSpec(s *v1alpha1.WhatsAppSession) *v1alpha1.HTTPRouteSpec {
	if s.Spec.Exposure == nil {
		return nil
	}
	return s.Spec.Exposure.HTTPRoute
}

// Ingress returns the Ingress of a session that wants one.
func Ingress(s *v1alpha1.WhatsAppSession) *networkingac.IngressApplyConfiguration {
	wanted := IngressSpec(s)
	spec := networkingac.IngressSpec().WithRules(networkingac.IngressRule().
		WithHost(string(wanted.Host)).
		WithHTTP(networkingac.HTTPIngressRuleValue().WithPaths(networkingac.HTTPIngressPath().
			WithPath("/").
			WithPathType(networkingv1.PathTypePrefix).
			WithBackend(networkingac.IngressBackend().WithService(networkingac.IngressServiceBackend().
				WithName(ServiceName(s)).
				WithPort(networkingac.ServiceBackendPort().WithNumber(runtimev1.Port)))))))
	if wanted.ClassName != "" {
		spec.WithIngressClassName(wanted.ClassName)
	}
	if wanted.TLS != nil {
		spec.WithTLS(networkingac.IngressTLS().WithHosts(string(wanted.Host)).WithSecretName(wanted.TLS.SecretName))
	}
	return networkingac.Ingress(IngressName(s), s.Namespace).
		WithLabels(Labels(s)).
		WithAnnotations(annotations(s, wanted.Annotations)).
		WithOwnerReferences(ownerReference(s)).
		WithSpec(spec)
}

// HTTPRoute returns the HTTPRoute of a session that wants one.
func HTTPRoute(s *v1alpha1.WhatsAppSession) *gatewayac.HTTPRouteApplyConfiguration {
	wanted := HTTPRouteSpec(s)
	spec := gatewayac.HTTPRouteSpec().WithRules(gatewayac.HTTPRouteRule().
		WithBackendRefs(gatewayac.HTTPBackendRef().
			WithName(gatewayv1.ObjectName(ServiceName(s))).
			WithPort(runtimev1.Port)))
	for i := range wanted.ParentRefs {
		spec.WithParentRefs(parentRef(&wanted.ParentRefs[i]))
	}
	for _, host := range wanted.Hostnames {
		spec.WithHostnames(gatewayv1.Hostname(host))
	}
	return gatewayac.HTTPRoute(HTTPRouteName(s), s.Namespace).
		WithLabels(Labels(s)).
		WithAnnotations(annotations(s, wanted.Annotations)).
		WithOwnerReferences(ownerReference(s)).
		WithSpec(spec)
}

func parentRef(parent *v1alpha1.GatewayReference) *gatewayac.ParentReferenceApplyConfiguration {
	ref := gatewayac.ParentReference().WithName(gatewayv1.ObjectName(parent.Name))
	if parent.Group != nil {
		ref.WithGroup(gatewayv1.Group(*parent.Group))
	}
	if parent.Kind != "" {
		ref.WithKind(gatewayv1.Kind(parent.Kind))
	}
	if parent.Namespace != "" {
		ref.WithNamespace(gatewayv1.Namespace(parent.Namespace))
	}
	if parent.SectionName != "" {
		ref.WithSectionName(gatewayv1.SectionName(parent.SectionName))
	}
	if parent.Port != nil {
		ref.WithPort(*parent.Port)
	}
	return ref
}

// TLSSecretName is the Secret that the session's Ingress names; empty for none.
func TLSSecretName(s *v1alpha1.WhatsAppSession) string {
	if ingress := IngressSpec(s); ingress != nil && ingress.TLS != nil {
		return ingress.TLS.SecretName
	}
	return ""
}

// URLs are those at which the chat API is reached from outside the cluster, of
// the kinds of objects that exist.
func URLs(s *v1alpha1.WhatsAppSession, ingress, route bool) []string {
	var urls []string
	add := func(scheme string, host v1alpha1.HostName) {
		url := scheme + "://" + string(host)
		if !strings.HasPrefix(string(host), "*") && !slices.Contains(urls, url) {
			urls = append(urls, url)
		}
	}
	if s.Spec.API != nil && s.Spec.API.PublicURL != "" {
		urls = append(urls, s.Spec.API.PublicURL)
	}
	if wanted := IngressSpec(s); wanted != nil && ingress {
		scheme := "http"
		if wanted.TLS != nil {
			scheme = "https"
		}
		add(scheme, wanted.Host)
	}
	if wanted := HTTPRouteSpec(s); wanted != nil && route {
		scheme := "http"
		for _, parent := range wanted.ParentRefs {
			if parent.Port == nil || *parent.Port != 80 {
				scheme = "https"
			}
		}
		for _, host := range wanted.Hostnames {
			add(scheme, host)
		}
	}
	return urls
}
