package fleet

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

func TestWhoKeepsAnObject(t *testing.T) {
	by := func(manager, subresource string) metav1.ObjectMeta {
		return metav1.ObjectMeta{ManagedFields: []metav1.ManagedFieldsEntry{
			{Manager: "wasession-gateway"}, {Manager: manager, Subresource: subresource},
		}}
	}
	for what, c := range map[string]struct {
		object metav1.ObjectMeta
		want   string
	}{
		"nobody":                 {metav1.ObjectMeta{}, ""},
		"kubectl":                {by("kubectl-client-side-apply", ""), ""},
		"the operator":           {by("wasession-operator", ""), ""},
		"Argo CD's fields":       {by("argocd-controller", ""), "Argo CD"},
		"Argo CD's label":        {metav1.ObjectMeta{Labels: map[string]string{"argocd.argoproj.io/instance": "crm"}}, "Argo CD"},
		"Flux's fields":          {by("kustomize-controller", ""), "Flux"},
		"Flux's Helm releases":   {by("helm-controller", ""), "Flux"},
		"Helm's fields":          {by("helm", ""), "Helm"},
		"a status of Argo CD's":  {by("argocd-controller", "status"), ""},
		"a label without a text": {metav1.ObjectMeta{Labels: map[string]string{"argocd.argoproj.io/instance": ""}}, ""},
	} {
		if got := OwnerOf(&c.object); got != c.want {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
		held, err := stripSession(&v1alpha1.WhatsAppSession{ObjectMeta: c.object})
		if err != nil {
			t.Fatal(err)
		}
		if got := OwnerOf(held.(*v1alpha1.WhatsAppSession)); got != c.want {
			t.Errorf("%s, as the cache holds it: %q, want %q", what, got, c.want)
		}
	}
}
