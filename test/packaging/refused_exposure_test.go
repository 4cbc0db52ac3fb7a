package packaging

import "testing"

// What may not lead to a session.
func TestRefusedExposure(t *testing.T) {
	const host, reserved = "must be a DNS name in lower case", "are set by the operator: remove them"
	for _, test := range []refusal{
		{"a host in upper case", "exposure: {ingress: {host: Sales.example.com}}", "spec.exposure.ingress.host", host},
		{"a host that is an address", "exposure: {ingress: {host: 10.0.0.1}}", "spec.exposure.ingress.host", host},
		{"a host with a port", "exposure: {ingress: {host: 'sales.example.com:443'}}", "spec.exposure.ingress.host", host},
		{"every host", "exposure: {ingress: {host: '*'}}", "spec.exposure.ingress.host", host},
		{"a host with a star inside", "exposure: {ingress: {host: 'sales.*.com'}}", "spec.exposure.ingress.host", host},
		{"a label of 64 characters", "exposure: {ingress: {host: a234567890123456789012345678901234567890123456789012345678901234.com}}", "spec.exposure.ingress.host", host},
		{"no host", "exposure: {ingress: {}}", "spec.exposure.ingress.host", "Required value"},
		{"a certificate without a name", "exposure: {ingress: {host: a.example.com, tls: {}}}", "spec.exposure.ingress.tls.secretName", "Required value"},
		{"a class that is none", "exposure: {ingress: {host: a.example.com, className: NGINX}}", "spec.exposure.ingress.className", "should match"},
		{"an annotation of the operator's", "exposure: {ingress: {host: a.example.com, annotations: {wasession.dev/applied-hash: x}}}", "spec.exposure.ingress.annotations", reserved},
		{"a route to no Gateway", "exposure: {httpRoute: {parentRefs: []}}", "spec.exposure.httpRoute.parentRefs", "at least 1"},
		{"a route to a Gateway twice", "exposure: {httpRoute: {parentRefs: [{name: public}, {name: public, kind: Gateway}]}}", "spec.exposure.httpRoute.parentRefs", "an entry twice"},
		{"a Gateway of a group that is none", "exposure: {httpRoute: {parentRefs: [{name: public, group: Gateway/v1}]}}", "spec.exposure.httpRoute.parentRefs[0].group", "should match"},
		{"a Gateway in a namespace that is none", "exposure: {httpRoute: {parentRefs: [{name: public, namespace: A.b}]}}", "spec.exposure.httpRoute.parentRefs[0].namespace", "should match"},
		{"a route's host that is an address", "exposure: {httpRoute: {parentRefs: [{name: public}], hostnames: [10.0.0.1]}}", "spec.exposure.httpRoute.hostnames[0]", host},
		{"a port out of range", "exposure: {httpRoute: {parentRefs: [{name: public, port: 65536}]}}", "spec.exposure.httpRoute.parentRefs[0].port", "less than or equal to 65535"},
		{"a route's annotation of the operator's", "exposure: {httpRoute: {parentRefs: [{name: public}], annotations: {wasession.dev/x: a}}}", "spec.exposure.httpRoute.annotations", reserved},
	} {
		t.Run(test.title, func(t *testing.T) {
			wantRefused(t, api.Create(t.Context(), session(t, "refused", test.spec)), test.field, test.words)
		})
	}
}

// What the session's Service and metadata may not be.
func TestRefusedServiceAndMetadata(t *testing.T) {
	const reserved = "are set by the operator: remove them"
	for _, test := range []refusal{
		{"a Service of a type that opens it to the world", "service: {type: LoadBalancer}", "spec.service.type", `supported values: "ClusterIP", "Headless"`},
		{"a Service label of the operator's", "service: {labels: {wasession.dev/session: other}}", "spec.service.labels", reserved},
		{"a Service annotation of the operator's", "service: {annotations: {wasession.dev/service-type: Headless}}", "spec.service.annotations", reserved},
		{"a label value that is none", "service: {labels: {team: a b}}", "spec.service.labels[team]", "must be the value of a label"},
		{"a Service label of a bad key", "service: {labels: {my team: crm}}", "spec.service.labels", "example.com/team"},
		{"a Service annotation of a bad key", "service: {annotations: {a/b/c: x}}", "spec.service.annotations", "example.com/team"},
		{"an inherited label of a bad key", "inheritedMetadata: {labels: {-team: crm}}", "spec.inheritedMetadata.labels", "example.com/team"},
		{"an inherited annotation of a bad key", "inheritedMetadata: {annotations: {Example.com/a: x}}", "spec.inheritedMetadata.annotations", "example.com/team"},
		{"an Ingress annotation of a bad key", "exposure: {ingress: {host: a.example.com, annotations: {a b: x}}}", "spec.exposure.ingress.annotations", "example.com/team"},
		{"an inherited label of the operator's", "inheritedMetadata: {labels: {app.kubernetes.io/managed-by: me}}", "spec.inheritedMetadata.labels", reserved},
		{"an inherited annotation of the operator's", "inheritedMetadata: {annotations: {wasession.dev/applied-hash: x}}", "spec.inheritedMetadata.annotations", reserved},
		{"an inherited label value that is none", "inheritedMetadata: {labels: {team: -}}", "spec.inheritedMetadata.labels[team]", "must be the value of a label"},
		{"a CA bundle in a volume", "caBundle: {kind: Volume, name: corp}", "spec.caBundle.kind", `supported values: "ConfigMap", "Secret"`},
		{"a CA bundle without a name", "caBundle: {kind: Secret}", "spec.caBundle.name", "Required value"},
		{"a CA bundle outside of its mount", "caBundle: {name: corp, key: ../etc/passwd}", "spec.caBundle.key", "should match"},
		{"a namespace that is none", "api: {allowedNamespaces: [Ingress]}", "spec.api.allowedNamespaces[0]", "should match"},
		{"a ServiceAccount that is none", "pod: {serviceAccountName: Default_}", "spec.pod.serviceAccountName", "should match"},
	} {
		t.Run(test.title, func(t *testing.T) {
			wantRefused(t, api.Create(t.Context(), session(t, "refused", test.spec)), test.field, test.words)
		})
	}
}
