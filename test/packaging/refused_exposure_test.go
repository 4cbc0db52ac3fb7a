package packaging

import "testing"

// What the session's Service and metadata may not be.
func TestRefusedServiceAndMetadata(t *testing.T) {
	const reserved = "are set by the operator: remove them"
	for _, test := range []refusal{
		{"a Service of a type that opens it to the world", "service: {type: LoadBalancer}", "spec.service.type", `supported values: "ClusterIP", "Headless"`},
		{"a Service label of the operator's", "service: {labels: {wasession.dev/session: other}}", "spec.service.labels", reserved},
		{"a Service annotation of the operator's", "service: {annotations: {wasession.dev/service-type: Headless}}", "spec.service.annotations", reserved},
		{"a label value that is none", "service: {labels: {team: a b}}", "spec.service.labels[team]", "must be the value of a label"},
		{"an inherited label of the operator's", "inheritedMetadata: {labels: {app.kubernetes.io/managed-by: me}}", "spec.inheritedMetadata.labels", reserved},
		{"an inherited annotation of the operator's", "inheritedMetadata: {annotations: {wasession.dev/applied-hash: x}}", "spec.inheritedMetadata.annotations", reserved},
		{"an inherited label value that is none", "inheritedMetadata: {labels: {team: -}}", "spec.inheritedMetadata.labels[team]", "must be the value of a label"},
		{"a ServiceAccount that is none", "pod: {serviceAccountName: Default_}", "spec.pod.serviceAccountName", "should match"},
	} {
		t.Run(test.title, func(t *testing.T) {
			wantRefused(t, api.Create(t.Context(), session(t, "refused", test.spec)), test.field, test.words)
		})
	}
}
