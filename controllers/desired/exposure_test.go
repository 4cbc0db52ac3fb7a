package desired

import (
	"reflect"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

func exposedSession(ingress *v1alpha1.IngressSpec, route *v1alpha1.HTTPRouteSpec) *v1alpha1.WhatsAppSession {
	return &v1alpha1.WhatsAppSession{
		ObjectMeta: metav1.ObjectMeta{Name: "sales", Namespace: "crm", UID: "u"},
		Spec:       v1alpha1.WhatsAppSessionSpec{Exposure: &v1alpha1.ExposureSpec{Ingress: ingress, HTTPRoute: route}},
	}
}

func TestIngress(t *testing.T) {
	s := exposedSession(&v1alpha1.IngressSpec{
		Host: "sales.example.com", ClassName: "nginx", TLS: &v1alpha1.IngressTLS{SecretName: "sales-tls"},
		Annotations: map[string]v1alpha1.AnnotationValue{"a": "b"},
	}, nil)
	got := typed[networkingv1.Ingress](t, Ingress(s))
	want := networkingv1.IngressSpec{
		IngressClassName: ptr.To("nginx"),
		TLS:              []networkingv1.IngressTLS{{Hosts: []string{"sales.example.com"}, SecretName: "sales-tls"}},
		Rules: []networkingv1.IngressRule{{
			Host: "sales.example.com",
			IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{Paths: []networkingv1.HTTPIngressPath{{
				Path: "/", PathType: ptr.To(networkingv1.PathTypePrefix),
				Backend: networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
					Name: "sales", Port: networkingv1.ServiceBackendPort{Number: 3000},
				}},
			}}}},
		}},
	}
	if !reflect.DeepEqual(got.Spec, want) || got.Annotations["a"] != "b" || len(got.OwnerReferences) != 1 {
		t.Errorf("the Ingress is %+v, want the spec %+v", got, want)
	}
	plain := typed[networkingv1.Ingress](t, Ingress(exposedSession(&v1alpha1.IngressSpec{Host: "a.example.com"}, nil)))
	if plain.Spec.IngressClassName != nil || plain.Spec.TLS != nil {
		t.Errorf("without class and certificate the Ingress is %+v", plain.Spec)
	}
}

func TestHTTPRoute(t *testing.T) {
	s := exposedSession(nil, &v1alpha1.HTTPRouteSpec{
		ParentRefs: []v1alpha1.GatewayReference{
			{Name: "public"},
			{Group: ptr.To(""), Kind: "Service", Namespace: "mesh", Name: "front", SectionName: "https", Port: ptr.To(int32(443))},
		},
		Hostnames: []v1alpha1.HostName{"sales.example.com"}, Annotations: map[string]v1alpha1.AnnotationValue{"a": "b"},
	})
	got := typed[gatewayv1.HTTPRoute](t, HTTPRoute(s))
	want := gatewayv1.HTTPRouteSpec{
		CommonRouteSpec: gatewayv1.CommonRouteSpec{ParentRefs: []gatewayv1.ParentReference{
			{Name: "public"},
			{
				Group: ptr.To(gatewayv1.Group("")), Kind: ptr.To(gatewayv1.Kind("Service")), Namespace: ptr.To(gatewayv1.Namespace("mesh")),
				Name: "front", SectionName: ptr.To(gatewayv1.SectionName("https")), Port: ptr.To(gatewayv1.PortNumber(443)),
			},
		}},
		Hostnames: []gatewayv1.Hostname{"sales.example.com"},
		Rules: []gatewayv1.HTTPRouteRule{{BackendRefs: []gatewayv1.HTTPBackendRef{{BackendRef: gatewayv1.BackendRef{
			BackendObjectReference: gatewayv1.BackendObjectReference{Name: "sales", Port: ptr.To(gatewayv1.PortNumber(3000))},
		}}}}},
	}
	if !reflect.DeepEqual(got.Spec, want) || got.Annotations["a"] != "b" || len(got.OwnerReferences) != 1 {
		t.Errorf("the HTTPRoute is %+v, want the spec %+v", got, want)
	}
}

func TestURLs(t *testing.T) {
	route := func(hosts []v1alpha1.HostName, ports ...int32) *v1alpha1.HTTPRouteSpec {
		spec := &v1alpha1.HTTPRouteSpec{Hostnames: hosts}
		for _, port := range ports {
			parent := v1alpha1.GatewayReference{Name: "public"}
			if port != 0 {
				parent.Port = &port
			}
			spec.ParentRefs = append(spec.ParentRefs, parent)
		}
		return spec
	}
	ingress := &v1alpha1.IngressSpec{Host: "a.example.com"}
	tls := &v1alpha1.IngressSpec{Host: "a.example.com", TLS: &v1alpha1.IngressTLS{SecretName: "tls"}}
	both := []v1alpha1.HostName{"a.example.com", "b.example.com"}
	for name, c := range map[string]struct {
		ingress *v1alpha1.IngressSpec
		route   *v1alpha1.HTTPRouteSpec
		public  string
		made    bool
		want    []string
	}{
		"nothing":                          {made: true},
		"an Ingress":                       {ingress: ingress, made: true, want: []string{"http://a.example.com"}},
		"an Ingress with a certificate":    {ingress: tls, made: true, want: []string{"https://a.example.com"}},
		"an Ingress that does not exist":   {ingress: ingress},
		"an Ingress for every name":        {ingress: &v1alpha1.IngressSpec{Host: "*.example.com"}, made: true},
		"a route":                          {route: route(both, 0), made: true, want: []string{"https://a.example.com", "https://b.example.com"}},
		"a route of port 80":               {route: route(both[:1], 80, 80), made: true, want: []string{"http://a.example.com"}},
		"a route of ports 80 and 443":      {route: route(both[:1], 80, 443), made: true, want: []string{"https://a.example.com"}},
		"a route of the Gateway's names":   {route: route(nil, 0), made: true},
		"a route that does not exist":      {route: route(both, 0)},
		"both, of one name":                {ingress: tls, route: route(both, 0), made: true, want: []string{"https://a.example.com", "https://b.example.com"}},
		"a public URL":                     {public: "https://chat.example.com", want: []string{"https://chat.example.com"}},
		"a public URL before the Ingress":  {public: "https://chat.example.com", ingress: ingress, made: true, want: []string{"https://chat.example.com", "http://a.example.com"}},
		"a public URL that is the Ingress": {public: "https://a.example.com", ingress: tls, made: true, want: []string{"https://a.example.com"}},
	} {
		s := exposedSession(c.ingress, c.route)
		if c.public != "" {
			s.Spec.API = &v1alpha1.APISpec{PublicURL: c.public}
		}
		if got := URLs(s, c.made, c.made); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: URLs are %v, want %v", name, got, c.want)
		}
	}
}
